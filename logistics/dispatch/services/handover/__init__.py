"""Goods change hands: loaded, collected, handed over, brought back; and each of it can be taken back."""

from logistics.dispatch.services.handover.closing import deliver, fail_stop, finish_route, finish_stop, serve_visit
from logistics.dispatch.services.handover.collecting import AsFound, collect
from logistics.dispatch.services.handover.dropping import drop, drop_all
from logistics.dispatch.services.handover.late import say_late, say_on_time
from logistics.dispatch.services.handover.loading import load, load_all
from logistics.dispatch.services.handover.prepare import prepare, withdraw
from logistics.dispatch.services.handover.road import arrive
from logistics.dispatch.services.handover.undo import last_batch, take_back

__all__ = [
    "AsFound",
    "arrive",
    "collect",
    "deliver",
    "drop",
    "drop_all",
    "fail_stop",
    "finish_route",
    "finish_stop",
    "last_batch",
    "load",
    "load_all",
    "prepare",
    "say_late",
    "say_on_time",
    "serve_visit",
    "take_back",
    "withdraw",
]
