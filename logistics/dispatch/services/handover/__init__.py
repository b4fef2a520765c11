"""Goods change hands: loaded, collected, handed over, brought back; and each of it can be taken back."""

from logistics.dispatch.services.handover.loading import load
from logistics.dispatch.services.handover.prepare import prepare, withdraw

__all__ = ["load", "prepare", "withdraw"]
