"""Holding a lot: nothing of it leaves until somebody lifts the hold."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.inventory.models import Hold, Lot, LotStatus
from foodbank.inventory.services.books import open_lot_books


@transaction.atomic
def hold_lot(*, lot: Lot, reason: str, actor: User) -> Lot:
    """Freeze ``lot`` with everything that was split off it: stock, reserved and loaded goods alike stay where they are.

    Waits for movements under way; after it none is posted that leaves. Holding a held lot changes nothing.
    Refuses ``inventory.reason_missing``.
    """
    _need(reason)
    family = _locked_with_descendants(lot)
    fresh = Lot.objects.filter(pk__in=[one.pk for one in family], status=LotStatus.GOOD)
    Hold.objects.bulk_create([Hold(lot=one, reason=reason, actor=actor) for one in fresh])
    fresh.update(status=LotStatus.HELD, hold_reason=reason)
    lot.refresh_from_db()
    return lot


@transaction.atomic
def unhold_lot(*, lot: Lot, note: str, actor: User) -> Lot:
    """Lift the hold of this one lot (not of what was split off it). Refuses ``inventory.not_held`` and ``inventory.reason_missing``."""
    _need(note)
    open_lot_books([lot])
    lifted = Hold.objects.filter(lot=lot, lifted_at__isnull=True).update(
        lifted_at=timezone.now(), lifted_by=actor, lifted_note=note
    )
    if not lifted:
        raise Refusal(
            "inventory.not_held",
            Text(f"ロット{lot.code}は保留中ではありません。", f"Lot {lot.code} is not on hold."),
            params={"lot": lot.code},
        )
    Lot.objects.filter(pk=lot.pk).update(status=LotStatus.GOOD, hold_reason="")
    lot.refresh_from_db()
    return lot


def _locked_with_descendants(lot: Lot) -> list[Lot]:
    """Parents first: nobody can split a lot whose balances are locked, so what is found after the lock is all there is."""
    family, newest = [lot], [lot]
    while newest:
        open_lot_books(newest)
        newest = list(Lot.objects.filter(parent__in=newest))
        family += newest
    return family


def _need(reason: str) -> None:
    if not reason.strip():
        raise Refusal("inventory.reason_missing", Text("理由を入力してください。", "Please give a reason."), status=400)
