"""What every face needs kept: messages on their way out (R7) and the answers that repeated requests get again (R4)."""

from __future__ import annotations

import uuid

from django.db import models


class OutboxState(models.TextChoices):
    WAITING = "waiting", "送信待ち"
    SENT = "sent", "送信済み"
    DEAD = "dead", "送れなかった"


GONE = "gone"
"""What stands as the last failure of a message whose addressee is no longer known here."""
TROUBLED_FROM = 2
"""Attempts after which a message that still waits is worth a look."""


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def unsent(self) -> OutboxQuerySet:
        """What wants somebody to look: dead letters, and messages that have failed more than once. Not what was for somebody gone."""
        dead = models.Q(state=OutboxState.DEAD) & ~models.Q(last_error=GONE)
        return self.filter(dead | models.Q(state=OutboxState.WAITING, attempts__gte=TROUBLED_FROM))


class OutboxMessage(models.Model):
    """Something to be sent, written in the transaction of what it tells of. ``payload`` names people by kind and number only: an
    address is looked up, and a secret made, at the moment of sending. The same ``key`` is never written twice."""

    public_id = models.UUIDField("番号", default=uuid.uuid4, unique=True, editable=False)
    topic = models.CharField("送り方", max_length=40)
    key = models.CharField("一度だけの鍵", max_length=200, unique=True)
    payload = models.JSONField("内容")
    state = models.CharField("状態", max_length=8, choices=OutboxState, default=OutboxState.WAITING)
    attempts = models.PositiveSmallIntegerField("試みた回数", default=0)
    due_at = models.DateTimeField("送る時刻")
    claimed_until = models.DateTimeField("送信中（まで）", null=True, blank=True)
    last_error = models.CharField("最後の失敗", max_length=200, blank=True)
    created_at = models.DateTimeField("登録", auto_now_add=True)
    closed_at = models.DateTimeField("終了", null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = "送信箱"
        verbose_name_plural = "送信箱"
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state=OutboxState.WAITING, closed_at__isnull=True)
                | (~models.Q(state=OutboxState.WAITING) & models.Q(closed_at__isnull=False)),
                name="outbox_closed_when_not_waiting",
            ),
        )
        indexes = (
            models.Index(fields=("due_at",), condition=models.Q(state="waiting"), name="outbox_due"),
            models.Index(fields=("attempts",), condition=~models.Q(state="sent"), name="outbox_unsent"),
        )

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"


class IdempotencyRecord(models.Model):
    """One request that creates or moves something: who sent it under which key, and the answer that it got. Without ``status`` it is
    in flight until ``lease_until``; ``token`` tells whose turn it is."""

    scope = models.CharField("だれの", max_length=80)
    key = models.CharField("鍵", max_length=128)
    fingerprint = models.CharField("内容の指紋", max_length=64)
    token = models.UUIDField(default=uuid.uuid4)
    lease_until = models.DateTimeField("処理中（まで）")
    status = models.PositiveSmallIntegerField("HTTPの状態", null=True, blank=True)
    content_type = models.CharField("形式", max_length=80, blank=True)
    headers = models.JSONField("ヘッダー", default=dict)
    body = models.BinaryField("本文", default=b"")
    created_at = models.DateTimeField("登録", auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "一度だけの受付"
        verbose_name_plural = "一度だけの受付"
        constraints = (models.UniqueConstraint(fields=("scope", "key"), name="idempotency_key_once"),)

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
