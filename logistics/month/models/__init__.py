from logistics.month.models.calendars import AcceptedVisit, Calendar, CalendarChange, PlannedVisit, Work
from logistics.month.models.candidates import Candidate, CandidateHours, ForbiddenDay, Weekday
from logistics.month.models.cars import CarHours, DayOff

__all__ = [
    "AcceptedVisit",
    "Calendar",
    "CalendarChange",
    "Candidate",
    "CandidateHours",
    "CarHours",
    "DayOff",
    "ForbiddenDay",
    "PlannedVisit",
    "Weekday",
    "Work",
]
