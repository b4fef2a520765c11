"""What really happened to a plan: the plan's own rows stay as they were published, these stand beside them."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models

from foodbank.inventory.models import Lot, Reservation
from foodbank.partners.models import Order
from logistics.dispatch.models.plans import Plan, Route, Shipment, Stop


class StopState(models.TextChoices):
    PLANNED = "planned", "これから"
    ARRIVED = "arrived", "到着"
    DONE = "done", "完了"
    FAILED = "failed", "できなかった"


class FailReason(models.TextChoices):
    CLOSED = "closed", "閉まっていた"
    ABSENT = "absent", "人がいなかった"
    REFUSED = "refused", "受け取らない・渡さないと言われた"
    NO_ACCESS = "no_access", "車で入れなかった"
    TOO_LATE = "too_late", "時間に間に合わなかった"
    VEHICLE = "vehicle", "車両の故障"
    CALLED_OFF = "called_off", "中止の連絡"
    OTHER = "other", "その他"


class RouteProgress(models.Model):
    """Who drives, and when the vehicle left and came back."""

    route = models.OneToOneField(Route, on_delete=models.CASCADE, related_name="progress", verbose_name="ルート")
    driver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="運転者")
    departed_at = models.DateTimeField("出発", null=True, blank=True)
    back_at = models.DateTimeField("帰着", null=True, blank=True)

    class Meta:
        verbose_name = "ルートの進み"
        verbose_name_plural = "ルートの進み"

    def __str__(self) -> str:
        return f"{self.route}"


class StopProgressQuerySet(models.QuerySet["StopProgress"]):
    def said(self) -> StopProgressQuerySet:
        """Of stops that a driver says when to reach, as :attr:`StopProgress.said`."""
        return self.filter(state=StopState.PLANNED, expected_at__isnull=False)


class StopProgress(models.Model):
    """No row: nobody has been there or said anything of it. ``expected_at``: when the driver, who is late, says to be there."""

    stop = models.OneToOneField(Stop, on_delete=models.CASCADE, related_name="progress", verbose_name="立寄先")
    state = models.CharField("状態", max_length=8, choices=StopState, default=StopState.PLANNED)
    expected_at = models.DateTimeField("着く見込み（運転者）", null=True, blank=True)
    arrived_at = models.DateTimeField("到着", null=True, blank=True)
    closed_at = models.DateTimeField("終了", null=True, blank=True)
    fail_reason = models.CharField("できなかった理由", max_length=12, choices=FailReason, blank=True)
    note = models.CharField("備考", max_length=300, blank=True)
    # A visit: how many households came for food. Counts only, nobody's names (D3).
    households = models.PositiveIntegerField("来た世帯数", null=True, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="担当")
    updated_at = models.DateTimeField("更新", auto_now=True)

    objects = StopProgressQuerySet.as_manager()

    class Meta:
        verbose_name = "立寄先の進み"
        verbose_name_plural = "立寄先の進み"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state=StopState.FAILED) ^ models.Q(fail_reason=""), name="stop_failed_has_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.stop_id} {self.state}"

    @property
    def said(self) -> dt.datetime | None:
        """What the driver says counts until somebody is there, or the stop is over."""
        return self.expected_at if self.state == StopState.PLANNED else None


class ShipmentProgress(models.Model):
    """Units of a shipment that went aboard, were handed over and were brought back. ``lot`` is what really travels (a shop's goods get
    theirs when they are collected); ``reservation`` keeps the shelf goods until they are loaded."""

    shipment = models.OneToOneField(Shipment, on_delete=models.CASCADE, related_name="progress", verbose_name="荷")
    reservation = models.OneToOneField(Reservation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="ロット")
    loaded = models.PositiveIntegerField("積んだ点数", default=0)
    dropped = models.PositiveIntegerField("渡した点数", default=0)
    returned = models.PositiveIntegerField("戻した点数", default=0)
    called_off = models.BooleanField("中止", default=False)

    class Meta:
        verbose_name = "荷の進み"
        verbose_name_plural = "荷の進み"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(loaded__gte=models.F("dropped") + models.F("returned")), name="shipment_no_more_than_loaded"
            ),
            models.CheckConstraint(condition=models.Q(loaded=0) | models.Q(lot__isnull=False), name="shipment_loaded_has_lot"),
        )

    def __str__(self) -> str:
        return f"{self.shipment_id}: {self.loaded}/{self.dropped}/{self.returned}"

    @property
    def aboard(self) -> int:
        """Units still on the vehicle."""
        return self.loaded - self.dropped - self.returned


class DeliveryState(models.TextChoices):
    SCHEDULED = "scheduled", "予定"
    ON_THE_WAY = "on_the_way", "配送中"
    DELIVERED = "delivered", "お届け済み"
    FAILED = "failed", "お届けできず"
    WITHDRAWN = "withdrawn", "計画の変更で取り下げ"


class Delivery(models.Model):
    """What comes to a partner for one order at one stop. A new plan withdraws the old deliveries and makes its own; ``public_id`` is
    what partners know. ``eta`` is kept current while the vehicle is on its way."""

    public_id = models.UUIDField("番号", default=uuid.uuid4, unique=True, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="deliveries")
    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="deliveries", verbose_name="立寄先")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="deliveries", verbose_name="注文")
    state = models.CharField("状態", max_length=10, choices=DeliveryState, default=DeliveryState.SCHEDULED)
    eta = models.DateTimeField("到着の見込み")
    delivered_at = models.DateTimeField("お届け", null=True, blank=True)
    updated_at = models.DateTimeField("更新", auto_now=True)

    class Meta:
        verbose_name = "お届け"
        verbose_name_plural = "お届け"
        ordering = ("eta", "pk")
        constraints = (models.UniqueConstraint(fields=("stop", "order"), name="delivery_once_per_stop"),)

    def __str__(self) -> str:
        return f"{self.order_id} {self.state}"


class DeliveryReceipt(models.Model):
    """The partner says that it came, and what was missing or damaged."""

    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="receipt", verbose_name="お届け")
    note = models.CharField("備考", max_length=300, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="確認した人")
    confirmed_at = models.DateTimeField("確認", auto_now_add=True)

    class Meta:
        verbose_name = "受領確認"
        verbose_name_plural = "受領確認"

    def __str__(self) -> str:
        return f"{self.delivery_id}"


class ReceiptLine(models.Model):
    """Of one shipment of the delivery: units that did not come and units that came damaged. No row: all well."""

    receipt = models.ForeignKey(DeliveryReceipt, on_delete=models.CASCADE, related_name="lines")
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="+")
    missing = models.PositiveIntegerField("足りない点数", default=0)
    damaged = models.PositiveIntegerField("傷んだ点数", default=0)

    class Meta:
        verbose_name = "受領確認の行"
        verbose_name_plural = "受領確認の行"
        constraints = (
            models.UniqueConstraint(fields=("receipt", "shipment"), name="receipt_line_once"),
            models.CheckConstraint(
                condition=models.Q(missing__gt=0) | models.Q(damaged__gt=0), name="receipt_line_says_something"
            ),
        )

    def __str__(self) -> str:
        return f"{self.shipment_id}: −{self.missing}, !{self.damaged}"
