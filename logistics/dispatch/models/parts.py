"""The parts of a day of many depots that workers plan side by side."""

from __future__ import annotations

from django.db import models


class PartState(models.TextChoices):
    WAITING = "waiting", "待機中"
    RUNNING = "running", "計算中"
    DONE = "done", "完了"
    FAILED = "failed", "失敗"


class PlanPart(models.Model):
    """One area of one planning run (``batch``). ``facts`` and ``result`` are JSON of our own dataclasses: whoever takes the part up needs
    nothing else, so every part sees the same moment. Rows are deleted when the run is over."""

    batch = models.UUIDField()
    number = models.PositiveIntegerField("番号")
    facts = models.TextField()
    seconds = models.FloatField("計算時間（秒）", null=True)
    work = models.PositiveIntegerField("探索回数", null=True)
    seed = models.PositiveIntegerField("乱数の種")
    state = models.CharField("状態", max_length=8, choices=PartState, default=PartState.WAITING)
    claimed_at = models.DateTimeField(null=True)
    result = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "計画の一部"
        verbose_name_plural = "計画の一部"
        ordering = ("batch", "number")
        constraints = (models.UniqueConstraint(fields=("batch", "number"), name="part_once_per_batch"),)

    def __str__(self) -> str:
        return f"{self.batch} {self.number} {self.state}"
