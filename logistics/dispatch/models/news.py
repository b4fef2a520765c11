"""What a new plan changed of a route, until its driver has seen it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from logistics.dispatch.models.plans import Plan, Route


class RouteNews(models.Model):
    """The route is no longer as it was in ``since``, the plan that its driver last knew; what differs is read from the two documents."""

    route = models.OneToOneField(Route, on_delete=models.CASCADE, related_name="news", verbose_name="ルート")
    since = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="+", verbose_name="前の計画")
    told_at = models.DateTimeField("知らせた時刻", auto_now_add=True)
    seen_at = models.DateTimeField("見た時刻", null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="見た人"
    )

    class Meta:
        verbose_name = "ルートの変更"
        verbose_name_plural = "ルートの変更"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(seen_at__isnull=True, seen_by__isnull=True)
                | models.Q(seen_at__isnull=False, seen_by__isnull=False),
                name="news_seen_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.route_id} ← {self.since_id}"
