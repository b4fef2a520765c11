"""Planning as a background job that shows progress and can be stopped (R8)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from logistics.dispatch.models.plans import Plan


class JobState(models.TextChoices):
    WAITING = "waiting", "待機中"
    RUNNING = "running", "計算中"
    DONE = "done", "完了"
    FAILED = "failed", "失敗"


class PlanJob(models.Model):
    """``percent`` 0–100 and ``message_ja``/``message_en`` are what the page shows; ``stop_requested`` ends the search with the best so far."""

    day = models.DateField("日")
    seconds = models.FloatField("計算時間（秒）", default=10)
    seed = models.PositiveIntegerField("乱数の種", default=1)
    state = models.CharField("状態", max_length=8, choices=JobState, default=JobState.WAITING)
    percent = models.PositiveSmallIntegerField("進み", default=0)
    message_ja = models.CharField(max_length=200, blank=True)
    message_en = models.CharField(max_length=200, blank=True)
    stop_requested = models.BooleanField("停止の希望", default=False)
    plan = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.SET_NULL, related_name="jobs")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "計画の計算"
        verbose_name_plural = "計画の計算"
        ordering = ("-pk",)
        constraints = (models.CheckConstraint(condition=models.Q(percent__lte=100), name="job_percent_range"),)

    def __str__(self) -> str:
        return f"{self.day} {self.state}"
