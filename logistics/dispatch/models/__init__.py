from logistics.dispatch.models.by_hand import EditKind, Lapse, PlanEdit, PlanLock
from logistics.dispatch.models.call_offs import CallOff, CallOffKind, Settled
from logistics.dispatch.models.jobs import Job, JobState, PlanJob
from logistics.dispatch.models.news import RouteNews
from logistics.dispatch.models.parts import PartState, PlanPart
from logistics.dispatch.models.plans import (
    CarriedOver,
    Plan,
    PlanStatus,
    Route,
    RouteBreak,
    Shipment,
    Stop,
    Unserved,
    UnservedKind,
)
from logistics.dispatch.models.progress import (
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
from logistics.dispatch.models.what_if import WhatIf

__all__ = [
    "CallOff",
    "CallOffKind",
    "CarriedOver",
    "Delivery",
    "DeliveryReceipt",
    "DeliveryState",
    "EditKind",
    "FailReason",
    "Job",
    "JobState",
    "Lapse",
    "MobileVisit",
    "PartState",
    "Plan",
    "PlanEdit",
    "PlanJob",
    "PlanLock",
    "PlanPart",
    "PlanStatus",
    "ReceiptLine",
    "Route",
    "RouteBreak",
    "RouteNews",
    "RouteProgress",
    "Settled",
    "Shipment",
    "ShipmentProgress",
    "Step",
    "StepKind",
    "Stop",
    "StopProgress",
    "StopState",
    "Unserved",
    "UnservedKind",
    "WhatIf",
]
