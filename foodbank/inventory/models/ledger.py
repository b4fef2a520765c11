"""The append-only double-entry ledger and the balances kept beside it (R2, R3)."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models

from foodbank.inventory.models.lots import Lot
from foodbank.inventory.models.places import Place


class Reason(models.TextChoices):
    """Why goods moved."""

    OPENING = "opening", "期首在庫"
    RECEIVE = "receive", "受入"
    MOVE = "move", "移動"
    SPLIT = "split", "分割"
    LOAD = "load", "積込"
    UNLOAD = "unload", "荷下ろし"
    COLLECT = "collect", "店頭で引取"
    HAND_OVER = "hand_over", "お渡し"
    RETURNED = "returned", "返却"
    DISCARD_EXPIRED = "discard_expired", "廃棄（期限切れ）"
    DISCARD_DAMAGED = "discard_damaged", "廃棄（破損）"
    DISCARD_TEMPERATURE = "discard_temperature", "廃棄（温度）"
    DISCARD_OTHER = "discard_other", "廃棄（その他）"
    COUNT = "count", "棚卸"
    CORRECTION = "correction", "訂正"


class AppendOnly(TypeError):
    """Somebody tried to change or delete a ledger row. Corrections are new rows."""


class MovementQuerySet(models.QuerySet["Movement"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("ledger rows are never changed")

    def delete(self) -> NoReturn:
        raise AppendOnly("ledger rows are never deleted")


class Movement(models.Model):
    """``quantity`` units of ``lot`` went from ``source`` to ``target``. No running balance, no backdating: ``recorded_at`` is the
    server's time; ``device_time`` is what the device says."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="movements", verbose_name="ロット")
    source = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="outgoing", verbose_name="から")
    target = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="incoming", verbose_name="へ")
    quantity = models.PositiveIntegerField("点数")
    grams = models.PositiveIntegerField("重さ（g）")
    reason = models.CharField("理由", max_length=20, choices=Reason)
    note = models.CharField("備考", max_length=300, blank=True)
    document = models.CharField("もとの書類", max_length=80, blank=True, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="担当")
    recorded_at = models.DateTimeField("記録", auto_now_add=True, db_index=True)
    device_time = models.DateTimeField("端末の時刻", null=True, blank=True)
    client_id = models.UUIDField("端末が付けた番号", null=True, blank=True, unique=True)
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections", verbose_name="訂正する行"
    )

    objects = MovementQuerySet.as_manager()

    class Meta:
        verbose_name = "入出庫"
        verbose_name_plural = "入出庫台帳"
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="movement_quantity_positive"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="movement_goes_somewhere"),
        )

    def __str__(self) -> str:
        return f"{self.pk}: {self.quantity} × {self.lot_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly("ledger rows are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("ledger rows are never deleted")


class BalanceQuerySet(models.QuerySet["Balance"]):
    def inside(self) -> BalanceQuerySet:
        return self.filter(place__inside=True)

    def there(self) -> BalanceQuerySet:
        """Goods that are physically in one of our places."""
        return self.filter(place__inside=True, quantity__gt=0)


class Balance(models.Model):
    """What the ledger adds up to for one lot at one place, written in the movement's own transaction. ``inside`` repeats the place's
    (a check constraint cannot look at another table): inside places never go below zero nor below what is reserved."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="balances", verbose_name="保管場所")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="balances", verbose_name="ロット")
    inside = models.BooleanField(editable=False)
    quantity = models.IntegerField("点数", default=0)
    grams = models.BigIntegerField("重さ（g）", default=0)
    reserved = models.PositiveIntegerField("引当", default=0)

    objects = BalanceQuerySet.as_manager()

    class Meta:
        verbose_name = "在庫"
        verbose_name_plural = "在庫"
        constraints = (
            models.UniqueConstraint(fields=("place", "lot"), name="balance_once"),
            models.CheckConstraint(
                condition=models.Q(inside=False, reserved=0)
                | models.Q(inside=True, quantity__gte=models.F("reserved"), grams__gte=0),
                name="balance_never_short",
            ),
        )

    def __str__(self) -> str:
        return f"{self.place_id}/{self.lot_id}: {self.quantity}"

    @property
    def free(self) -> int:
        """Units that nobody has reserved."""
        return self.quantity - self.reserved
