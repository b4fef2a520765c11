"""Planning as a background job that shows progress and can be stopped (R8)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone

from logistics.dispatch.models.plans import Plan

LOST_AFTER = dt.timedelta(minutes=5)


class JobState(models.TextChoices):
    WAITING = "waiting", "待機中"
    RUNNING = "running", "計算中"
    DONE = "done", "完了"
    FAILED = "failed", "失敗"


class Job(models.Model):
    """``percent`` 0–100 and ``message_ja``/``message_en`` are what the page shows; ``stop_requested`` ends the search with the best so far."""

    seconds = models.FloatField("計算時間（秒）", default=10)
    seed = models.PositiveIntegerField("乱数の種", default=1)
    state = models.CharField("状態", max_length=8, choices=JobState, default=JobState.WAITING)
    percent = models.PositiveSmallIntegerField("進み", default=0)
    message_ja = models.CharField(max_length=200, blank=True)
    message_en = models.CharField(max_length=200, blank=True)
    stop_requested = models.BooleanField("停止の希望", default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField("最後の知らせ", null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def runs(self) -> bool:
        """Somebody works on it, or will."""
        return self.state in (JobState.WAITING, JobState.RUNNING) and not self.lost(timezone.now())

    def lost(self, now: dt.datetime) -> bool:
        """It should have ended, been taken up, or given a sign of life ``LOST_AFTER`` ago: its worker has gone, and it will not end by
        itself. A day of many depots takes longer than its seconds, and tells how far it is."""
        if self.state not in (JobState.WAITING, JobState.RUNNING):
            return False
        expected = dt.timedelta(seconds=self.seconds if self.state == JobState.RUNNING else 0)
        return (self.told_at or self.started_at or self.created_at) + expected + LOST_AFTER < now


class PlanJob(Job):
    """The planning of a day."""

    day = models.DateField("日")
    plan = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.SET_NULL, related_name="jobs")
    locks_from = models.ForeignKey(
        Plan, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="固定のもと"
    )
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "計画の計算"
        verbose_name_plural = "計画の計算"
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(condition=models.Q(percent__lte=100), name="job_percent_range"),
            models.UniqueConstraint(
                fields=("day",), condition=models.Q(state__in=("waiting", "running")), name="one_job_per_day_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.state}"
