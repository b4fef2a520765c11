"""What no channel can say: somebody has to pick up the telephone."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class CallState(models.TextChoices):
    OPEN = "open", "これから電話"
    DONE = "done", "伝えた"


class CallToMake(models.Model):
    """A message for somebody without e-mail. Like the outbox it names people by kind and number only; ``message_id`` is the outbox
    row's, so that a message sent again asks for one call."""

    message_id = models.UUIDField("お知らせの番号", unique=True, editable=False)
    to_kind = models.CharField("相手の種類", max_length=20)
    to_pk = models.PositiveBigIntegerField("相手の番号")
    template = models.CharField("文面", max_length=60)
    params = models.JSONField("文面に入るもの", default=dict)
    state = models.CharField("状態", max_length=4, choices=CallState, default=CallState.OPEN)
    created_at = models.DateTimeField("登録", auto_now_add=True)
    done_at = models.DateTimeField("伝えた時刻", null=True, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="伝えた人"
    )

    class Meta:
        verbose_name = "電話で伝えること"
        verbose_name_plural = "電話で伝えること"
        ordering = ("created_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state=CallState.OPEN, done_at__isnull=True, actor__isnull=True)
                | models.Q(state=CallState.DONE, done_at__isnull=False, actor__isnull=False),
                name="call_done_by_somebody",
            ),
        )
        indexes = (models.Index(fields=("created_at",), condition=models.Q(state="open"), name="call_open"),)

    def __str__(self) -> str:
        return f"{self.to_kind} {self.to_pk}: {self.template}"
