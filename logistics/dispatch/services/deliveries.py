"""What a partner says of a delivery that came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.locking import lock_rows
from logistics.dispatch.models import Delivery, DeliveryReceipt, DeliveryState, ReceiptLine, Shipment

NOTE_LENGTH = 300


@dataclass(frozen=True, slots=True)
class ReceiptLineData:
    """Of one shipment: units that did not come, and units that came damaged."""

    shipment: Shipment
    missing: int = 0
    damaged: int = 0


@transaction.atomic
def confirm_receipt(*, delivery: Delivery, actor: User, lines: Sequence[ReceiptLineData] = (), note: str = "") -> DeliveryReceipt:
    """The partner confirms a delivery, once; differences stand in the lines until a coordinator has looked at them. Whose delivery it
    is, the caller has seen to.

    Refuses ``delivery.not_delivered``, ``delivery.confirmed`` and ``delivery.receipt_refused`` by field: ``lines`` (a shipment of
    another delivery, one twice, less than nothing, or more than was handed over) or ``note`` (too long).
    """
    locked = lock_rows(Delivery.objects.all(), [delivery.pk])[delivery.pk]
    if locked.state != DeliveryState.DELIVERED:
        raise Refusal(
            "delivery.not_delivered",
            Text(
                "まだお届けが済んでいないため、受領の確認はできません。届いてから、もう一度お試しください。",
                "This delivery has not been handed over yet. Confirm it once it has come.",
            ),
            params={"state": locked.state},
        )
    if DeliveryReceipt.objects.filter(delivery=locked).exists():
        raise Refusal(
            "delivery.confirmed",
            Text(
                "このお届けの受領は確認済みです。直すことがあれば、フードバンクに電話してください。",
                "The receipt of this delivery was confirmed already. Call the food bank if something is to be changed.",
            ),
        )
    faults = _faults(locked, lines, note)
    if faults:
        raise FieldsRefused("delivery.receipt_refused", faults)
    receipt = DeliveryReceipt.objects.create(delivery=locked, note=note.strip(), actor=actor)
    ReceiptLine.objects.bulk_create(
        [
            ReceiptLine(receipt=receipt, shipment=line.shipment, missing=line.missing, damaged=line.damaged)
            for line in lines
            if line.missing or line.damaged
        ]
    )
    return receipt


def _faults(delivery: Delivery, lines: Sequence[ReceiptLineData], note: str) -> dict[str, Text]:
    faults: dict[str, Text] = {}
    if len(note) > NOTE_LENGTH:
        faults["note"] = Text(
            f"備考は{NOTE_LENGTH}文字までにしてください。", f"The note may have {NOTE_LENGTH} characters at most."
        )
    handed = {
        row.pk: row
        for row in Shipment.objects.filter(drop_stop=delivery.stop_id, order_line__order=delivery.order_id).select_related(
            "progress", "item"
        )
    }
    asked = [line.shipment.pk for line in lines]
    if len(set(asked)) < len(asked):
        faults["lines"] = Text("同じ品が2回書かれています。", "The same goods are listed twice.")
    for line in lines:
        row = handed.get(line.shipment.pk)
        if row is None:
            faults["lines"] = Text("このお届けにない品です。", "These goods are not part of this delivery.")
        elif min(line.missing, line.damaged) < 0:
            faults["lines"] = Text("点数は0以上にしてください。", "Quantities must be 0 or more.")
        elif line.missing + line.damaged > row.progress.dropped:
            faults["lines"] = Text(
                f"「{row.item.name}」は{row.progress.dropped}点お届けしました。不足と傷みの合計はそれ以下にしてください。",
                f"{row.progress.dropped} of {row.item.gtin} were handed over; missing and damaged cannot be more than that.",
            )
    return faults
