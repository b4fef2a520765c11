"""The demo day as data: what is done and in which order, by role."""

from deploy.tools.demo.steps import driving, month, office, papers, partner, people, recipients, warehouse

PREPARE = (*office.PREPARE, *people.PREPARE)
"""By command, before the pages are served."""
MORNING = (
    *people.START,
    *office.BRING_IN,
    *people.HANDS,
    *partner.ORDER,
    *warehouse.RECEIVE,
    *recipients.BOOK,
    *office.PLAN,
)
NOON = (*warehouse.LOAD_FIRST, *month.MONTH, *driving.SET_OFF, *office.NOON, *partner.COMING)
"""At its end one vehicle is on the road and the others are being loaded."""
AFTERNOON = (*warehouse.LOAD_OTHERS, *driving.ON_THE_ROAD, *partner.CONFIRM, *recipients.CHECK_IN)
"""At its end somebody stands at the gate."""
EVENING = (*recipients.HAND_OVER, *driving.BACK, *papers.PAPERS, *office.CLOSE)
WORK = (*MORNING, *NOON, *AFTERNOON, *EVENING)
