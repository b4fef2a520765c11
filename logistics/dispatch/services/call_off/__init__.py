"""Somebody or something falls out: what that changes, and who is told."""

from logistics.dispatch.services.call_off.calling import call_off
from logistics.dispatch.services.call_off.undoing import undo

__all__ = ["call_off", "undo"]
