"""Parcels (食品セット): what one household takes home, as named lots."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from foodbank.inventory.models import Lot, Movement, Place, Reservation
from foodbank.pantry.models.bookings import Booking


class ParcelState(models.TextChoices):
    PACKED = "packed", "用意済み"
    HANDED_OVER = "handed_over", "お渡し済み"
    TAKEN_APART = "taken_apart", "取りやめ"


class Parcel(models.Model):
    """Goods kept for a booking (reservations ``parcel/<pk>``) until they are handed over. The ledger knows this number, not the
    household (D3)."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="parcels", verbose_name="予約")
    state = models.CharField("状態", max_length=11, choices=ParcelState, default=ParcelState.PACKED)
    packed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="用意した人")
    packed_at = models.DateTimeField("用意", auto_now_add=True)
    closed_at = models.DateTimeField("終了", null=True, blank=True)

    class Meta:
        verbose_name = "食品セット"
        verbose_name_plural = "食品セット"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("booking",), condition=~models.Q(state="taken_apart"), name="parcel_one_per_booking"),
        )

    def __str__(self) -> str:
        return self.document

    @property
    def document(self) -> str:
        """What reservations and ledger rows call it."""
        return f"parcel/{self.pk}"


class ParcelLine(models.Model):
    """``quantity`` units of a lot, kept at ``place`` by ``reservation``; ``movement`` is the hand-over in the ledger."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="lines", verbose_name="食品セット")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="parcel_lines", verbose_name="ロット")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name="保管場所")
    quantity = models.PositiveIntegerField("点数")
    reservation = models.ForeignKey(Reservation, on_delete=models.PROTECT, related_name="+", verbose_name="引当")
    movement = models.OneToOneField(
        Movement, null=True, blank=True, on_delete=models.PROTECT, related_name="parcel_line", verbose_name="入出庫"
    )

    class Meta:
        verbose_name = "食品セットの行"
        verbose_name_plural = "食品セットの行"
        ordering = ("pk",)
        constraints = (models.CheckConstraint(condition=models.Q(quantity__gt=0), name="parcel_line_positive"),)

    def __str__(self) -> str:
        return f"{self.quantity} × {self.lot_id}"

    @property
    def grams(self) -> int:
        return self.quantity * self.lot.unit_weight_g
