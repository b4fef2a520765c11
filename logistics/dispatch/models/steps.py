"""What was done with goods at a stop, in the order in which it was done, so that the last of it can be taken back."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from foodbank.donations.models import Offer, RefusedGoods
from foodbank.inventory.models import Movement
from logistics.dispatch.models.plans import Shipment, Stop


class StepKind(models.TextChoices):
    LOAD = "load", "積んだ"
    COLLECT = "collect", "お店で受け取った"
    DROP = "drop", "渡した"
    LEAVE_OUT = "leave_out", "取りやめた"  # goods of the plan that will not travel after all
    BRING_BACK = "bring_back", "拠点に戻した"
    CLOSE = "close", "立寄先を終えた"
    BACK = "back", "拠点に帰った"


class StepQuerySet(models.QuerySet["Step"]):
    def standing(self) -> StepQuerySet:
        """Those that nobody has taken back."""
        return self.filter(taken_back_at__isnull=True)


class Step(models.Model):
    """``quantity`` units of ``shipment``, with the ledger row that says so. Steps of one ``batch`` were one press of a button and are
    taken back together. COLLECT stands once for the whole ``offer``; how it was shared out is in LOAD steps of its batch without
    a movement of their own."""

    stop = models.ForeignKey(Stop, on_delete=models.CASCADE, related_name="steps", verbose_name="立寄先")
    batch = models.UUIDField("操作", default=uuid.uuid4, db_index=True)
    kind = models.CharField("何を", max_length=10, choices=StepKind)
    shipment = models.ForeignKey(
        Shipment, null=True, blank=True, on_delete=models.CASCADE, related_name="steps", verbose_name="荷"
    )
    offer = models.ForeignKey(Offer, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="提供情報")
    movement = models.OneToOneField(
        Movement, null=True, blank=True, on_delete=models.PROTECT, related_name="step", verbose_name="入出庫"
    )
    quantity = models.PositiveIntegerField("点数", default=0)
    refused = models.ManyToManyField(RefusedGoods, blank=True, related_name="+", verbose_name="お断りした品")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="担当")
    at = models.DateTimeField("時刻", auto_now_add=True)
    taken_back_at = models.DateTimeField("取り消し", null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="取り消した人"
    )

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = "立寄先での作業"
        verbose_name_plural = "立寄先での作業"
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=("close", "back"), shipment__isnull=True, offer__isnull=True)
                | models.Q(kind="collect", shipment__isnull=True, offer__isnull=False)
                | (~models.Q(kind__in=("close", "back", "collect")) & models.Q(shipment__isnull=False)),
                name="step_names_its_goods",
            ),
            models.CheckConstraint(
                condition=models.Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | models.Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="step_taken_back_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.stop_id} {self.kind} {self.quantity}"
