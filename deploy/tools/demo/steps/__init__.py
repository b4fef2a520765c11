"""The demo day as data: what is done and in which order, by role."""

from deploy.tools.demo.steps import driving, office, people, warehouse

PREPARE = (*office.PREPARE, *people.PREPARE)
"""By command, before the pages are served."""
MORNING = (*people.START, *office.BRING_IN, *people.HANDS, *warehouse.RECEIVE, *office.PLAN)
NOON = (*warehouse.LOAD_FIRST, *driving.SET_OFF, *office.NOON)
AFTERNOON = (*warehouse.LOAD_OTHERS, *driving.ON_THE_ROAD)
EVENING = (*driving.BACK, *office.CLOSE)
WORK = (*MORNING, *NOON, *AFTERNOON, *EVENING)
