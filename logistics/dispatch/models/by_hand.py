"""What a coordinator changes about a plan by hand: a list of edits that can be undone, and what is settled for good."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from logistics.dispatch.models.plans import Plan
from logistics.fleet.models import Vehicle


class EditKind(models.TextChoices):
    MOVE = "move", "動かす"
    TAKE_OUT = "take_out", "外す"
    PUT_IN = "put_in", "入れる"
    SWAP = "swap", "入れ替える"
    HOLD = "hold", "固定する"
    LET_GO = "let_go", "固定を外す"


class PlanEdit(models.Model):
    """One edit; the plan's rows stay as they are, the state on the table is the plan with its standing edits made in order. Undone edits
    are the last ones of the list until somebody edits on; then they go. ``params`` are those of :mod:`logistics.dispatch.planner.edit`,
    ``text_*`` says what was done in words."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="edits", verbose_name="配送計画")
    sequence = models.PositiveIntegerField("順番")
    kind = models.CharField("種類", max_length=8, choices=EditKind)
    params = models.JSONField("内容")
    text_ja = models.CharField("内容（日本語）", max_length=300)
    text_en = models.CharField("内容（英語）", max_length=300)
    undone = models.BooleanField("元に戻した", default=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="担当")
    at = models.DateTimeField("時刻", auto_now_add=True)

    class Meta:
        verbose_name = "手直し"
        verbose_name_plural = "手直し"
        ordering = ("plan", "sequence")
        constraints = (models.UniqueConstraint(fields=("plan", "sequence"), name="edit_sequence_once"),)

    def __str__(self) -> str:
        return f"{self.plan_id} {self.sequence}: {self.kind}"


class Lapse(models.TextChoices):
    NONE = "", "有効"
    GONE = "gone", "注文や予定がなくなった"
    VEHICLE_OFF = "vehicle_off", "車両が使えない"
    LEFT_OUT = "left_out", "守れる場所がなかった"


class PlanLock(models.Model):
    """What a person has settled in the plan this one came from (``HandLock`` of the day's facts): ``target`` stays with ``vehicle``, its
    delivery starts between two seconds of the day. ``lapsed``: why it binds nobody any more."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="locks", verbose_name="配送計画")
    target = models.CharField("対象", max_length=80)
    vehicle = models.ForeignKey(Vehicle, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="車両")
    start_from_s = models.PositiveIntegerField("開始（から、秒）", null=True, blank=True)
    start_until_s = models.PositiveIntegerField("開始（まで、秒）", null=True, blank=True)
    lapsed = models.CharField("効かない理由", max_length=12, choices=Lapse, blank=True, default=Lapse.NONE)

    class Meta:
        verbose_name = "固定"
        verbose_name_plural = "固定"
        ordering = ("plan", "target")
        constraints = (
            models.UniqueConstraint(fields=("plan", "target"), name="lock_target_once"),
            models.CheckConstraint(
                condition=models.Q(start_from_s__isnull=True, start_until_s__isnull=True)
                | models.Q(start_from_s__lte=models.F("start_until_s")),
                name="lock_start_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.plan_id} {self.target}"
