from logistics.dispatch.models.jobs import JobState, PlanJob
from logistics.dispatch.models.plans import Plan, PlanStatus, Route, RouteBreak, Shipment, Stop, Unserved, UnservedKind
from logistics.dispatch.models.progress import (
    CallOff,
    CallOffKind,
    Delivery,
    DeliveryReceipt,
    DeliveryState,
    FailReason,
    ReceiptLine,
    RouteProgress,
    ShipmentProgress,
    StopProgress,
    StopState,
)
from logistics.dispatch.models.steps import Step, StepKind
from logistics.dispatch.models.visits import MobileVisit

__all__ = [
    "CallOff",
    "CallOffKind",
    "Delivery",
    "DeliveryReceipt",
    "DeliveryState",
    "FailReason",
    "JobState",
    "MobileVisit",
    "Plan",
    "PlanJob",
    "PlanStatus",
    "ReceiptLine",
    "Route",
    "RouteBreak",
    "RouteProgress",
    "Shipment",
    "ShipmentProgress",
    "Step",
    "StepKind",
    "Stop",
    "StopProgress",
    "StopState",
    "Unserved",
    "UnservedKind",
]
