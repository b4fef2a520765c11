"""The demo day as data: what is done and in which order, by role."""

from deploy.tools.demo.steps import office, people

PREPARE = (*office.PREPARE, *people.PREPARE)
"""By command, before the pages are served."""
MORNING = (*people.START, *office.BRING_IN, *people.HANDS, *office.PLAN)
WORK = (*MORNING, *office.CLOSE)
