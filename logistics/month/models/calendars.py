"""A month's calendar of visits as the coordinator works on it, before and after it is accepted."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models

from logistics.dispatch.models import MobileVisit
from logistics.fleet.models import Vehicle
from logistics.month.models.candidates import Candidate

LOST_AFTER = dt.timedelta(minutes=10)


class Work(models.TextChoices):
    """What the computer is doing with a calendar."""

    IDLE = "idle", "何もしていない"
    WAITING = "waiting", "待機中"
    RUNNING = "running", "計算中"
    FAILED = "failed", "失敗"


class Calendar(models.Model):
    """One for each month, ``first`` is its first day. ``accepted_at``: when its visits last became visits of their days; changed since
    then if ``changed_at`` is later. ``remarks`` is what the last planning said of each site that has too few visits; ``work`` is what
    the background job does, ``asked_at`` since when."""

    first = models.DateField("月", unique=True)
    work = models.CharField("計算", max_length=8, choices=Work, default=Work.IDLE)
    asked_at = models.DateTimeField("計算を頼んだ時刻", null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="計算を頼んだ人"
    )
    message_ja = models.CharField(max_length=200, blank=True)
    message_en = models.CharField(max_length=200, blank=True)
    planned_at = models.DateTimeField("計算した時刻", null=True, blank=True)
    proven = models.BooleanField("これより良い案がない", default=False)
    changed_at = models.DateTimeField("変えた時刻", null=True, blank=True)
    accepted_at = models.DateTimeField("決定した時刻", null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="決定した人"
    )
    remarks = models.JSONField("足りない会場", default=list, blank=True)

    class Meta:
        verbose_name = "月間計画"
        verbose_name_plural = "月間計画"
        ordering = ("-first",)
        constraints = (models.CheckConstraint(condition=models.Q(first__day=1), name="calendar_from_the_first"),)

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"

    def busy(self, now: dt.datetime) -> bool:
        """A job is on its way; one whose worker has gone is not waited for longer than ``LOST_AFTER``."""
        return self.work in (Work.WAITING, Work.RUNNING) and self.asked_at is not None and self.asked_at + LOST_AFTER > now

    @property
    def open_changes(self) -> bool:
        """Is there something that is not accepted yet?"""
        return self.accepted_at is None or (self.changed_at is not None and self.changed_at > self.accepted_at)


class PlannedVisit(models.Model):
    """``vehicle`` stands at the site for ``households``. ``locked``: a person has settled it, planning again leaves it. ``visit`` is the
    visit of the day that it has become; it outlives changes here until the calendar is accepted again."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="visits", verbose_name="月間計画")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="planned", verbose_name="候補地")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="+", verbose_name="車両")
    day = models.DateField("日")
    start = models.TimeField("から")
    end = models.TimeField("まで")
    households = models.PositiveIntegerField("見込み世帯数")
    locked = models.BooleanField("固定", default=False)

    class Meta:
        verbose_name = "予定の訪問"
        verbose_name_plural = "予定の訪問"
        ordering = ("day", "start", "candidate")
        constraints = (
            models.UniqueConstraint(fields=("candidate", "day"), name="planned_once_a_day"),
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="planned_forwards"),
            models.CheckConstraint(condition=models.Q(households__gte=1), name="planned_has_households"),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.candidate}"


class AcceptedVisit(models.Model):
    """A visit of a day that came of a calendar. Accepting again compares these with what is planned now."""

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="accepted", verbose_name="月間計画")
    visit = models.OneToOneField(MobileVisit, on_delete=models.CASCADE, related_name="planned_as", verbose_name="訪問")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="+", verbose_name="車両")

    class Meta:
        verbose_name = "決定した訪問"
        verbose_name_plural = "決定した訪問"

    def __str__(self) -> str:
        return str(self.visit)


class CalendarChange(models.Model):
    """What stood in the calendar before a change, so that the change can be undone. The newest is undone first."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="changes", verbose_name="月間計画")
    what = models.CharField("変えたこと", max_length=200)
    before = models.JSONField("前の予定")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="変えた人")
    at = models.DateTimeField("時刻", auto_now_add=True)

    class Meta:
        verbose_name = "予定の変更"
        verbose_name_plural = "予定の変更"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.what
