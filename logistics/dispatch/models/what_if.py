"""Questions about a day that change nothing of it: what would be if …, and what would serve this one."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from logistics.dispatch.models.jobs import Job, JobState
from logistics.dispatch.models.plans import Plan, Unserved


class WhatIf(Job):
    """``changes`` are short forms of changes with their words (``code``, ``ja``, ``en``) that are made to the facts of the plan's day one
    after the other; ``answer`` is what planning again makes of it beside the plan (``planner.compare``). With ``unserved`` no change is
    tried but one is looked for that would serve it, for longer than there is time for when a plan is made; ``answer`` is what was found."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="what_ifs", verbose_name="配送計画")
    unserved = models.ForeignKey(
        Unserved, null=True, blank=True, on_delete=models.CASCADE, related_name="look_ups", verbose_name="できなかったこと"
    )
    changes = models.JSONField("変更", default=list)
    answer = models.JSONField("結果", null=True, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "もしもの計算"
        verbose_name_plural = "もしもの計算"
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(condition=models.Q(percent__lte=100), name="what_if_percent_range"),
            models.UniqueConstraint(
                fields=("actor",),
                condition=models.Q(state__in=(JobState.WAITING, JobState.RUNNING)),
                name="one_what_if_per_person_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.plan_id} {self.state}"
