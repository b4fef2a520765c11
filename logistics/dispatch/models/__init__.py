from logistics.dispatch.models.jobs import JobState, PlanJob
from logistics.dispatch.models.plans import Plan, PlanStatus, Route, RouteBreak, Shipment, Stop, Unserved, UnservedKind
from logistics.dispatch.models.visits import MobileVisit

__all__ = [
    "JobState",
    "MobileVisit",
    "Plan",
    "PlanJob",
    "PlanStatus",
    "Route",
    "RouteBreak",
    "Shipment",
    "Stop",
    "Unserved",
    "UnservedKind",
]
