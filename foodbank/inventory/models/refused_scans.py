"""What was read and refused on a phone: a coordinator looks at it later (R5)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from foodbank.sites.models import Site


class ScanMode(models.TextChoices):
    """What somebody was doing."""

    RECEIVE = "receive", "受け入れ"
    MOVE = "move", "しまう・移す"
    PICK = "pick", "取り出す"
    LOAD = "load", "積む"
    DISCARD = "discard", "捨てる"
    COUNT = "count", "数える"
    LOOK_UP = "look_up", "調べる"
    STOP = "stop", "立寄先"


class RefusedScan(models.Model):
    """``text`` as it was read, without secrets; ``code`` and ``params`` of the refusal, which hold no personal data."""

    mode = models.CharField("作業", max_length=10, choices=ScanMode)
    text = models.CharField("読んだ文字", max_length=200, blank=True)
    code = models.CharField("断った理由", max_length=60)
    params = models.JSONField("詳しく", default=dict, blank=True)
    text_ja = models.CharField(max_length=400)
    text_en = models.CharField(max_length=400)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="場所")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="担当")
    at = models.DateTimeField("時刻", auto_now_add=True, db_index=True)
    resolved_at = models.DateTimeField("片付けた時刻", null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="片付けた人"
    )

    class Meta:
        verbose_name = "断った読み取り"
        verbose_name_plural = "断った読み取り"
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | models.Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="refused_scan_resolved_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.mode} {self.code}"
