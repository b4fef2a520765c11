"""Reservations (引当): goods promised, still in their place."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from foodbank.inventory.models.lots import Lot
from foodbank.inventory.models.places import Place


class ReservationState(models.TextChoices):
    HELD = "held", "引当中"
    POSTED = "posted", "出庫済み"
    VOIDED = "voided", "取消"
    EXPIRED = "expired", "期限切れ"


class ReservationPurpose(models.TextChoices):
    ORDER_LINE = "order_line", "注文"
    VISIT = "visit", "移動パントリー"
    PICKUP_DAY = "pickup_day", "受取日"
    PARCEL = "parcel", "食品セット"
    OTHER = "other", "その他"


class Reservation(models.Model):
    """``quantity`` units of a lot at a place are kept for ``purpose``/``ref`` until taken, given back or ``expires_at``."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="reservations", verbose_name="ロット")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="reservations", verbose_name="保管場所")
    quantity = models.PositiveIntegerField("点数")
    purpose = models.CharField("用途", max_length=12, choices=ReservationPurpose)
    ref = models.CharField("相手の番号", max_length=80)
    document = models.CharField("もとの書類", max_length=80, blank=True, db_index=True)
    state = models.CharField("状態", max_length=8, choices=ReservationState, default=ReservationState.HELD)
    expires_at = models.DateTimeField("期限", null=True, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="担当")
    created_at = models.DateTimeField("登録", auto_now_add=True)
    closed_at = models.DateTimeField("終了", null=True, blank=True)

    class Meta:
        verbose_name = "引当"
        verbose_name_plural = "引当"
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="reservation_quantity_positive"),
            models.CheckConstraint(
                condition=models.Q(state=ReservationState.HELD, closed_at__isnull=True)
                | (~models.Q(state=ReservationState.HELD) & models.Q(closed_at__isnull=False)),
                name="reservation_closed_when_not_held",
            ),
        )
        indexes = (models.Index(fields=("expires_at",), condition=models.Q(state="held"), name="reservation_due"),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.ref}: {self.quantity} × {self.lot_id}"
