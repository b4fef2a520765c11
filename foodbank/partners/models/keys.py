"""Keys with which a partner's own programs call us (P14)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models

from foodbank.partners.models.partners import Partner


class KeyScope(models.TextChoices):
    """What a key may do. Everything it may do is about its own partner."""

    READ = "read", "見るだけ"
    ORDER = "order", "見る・注文する・受け取りを確認する"


class PartnerKeyQuerySet(models.QuerySet["PartnerKey"]):
    def in_force(self, now: dt.datetime) -> PartnerKeyQuerySet:
        return self.filter(revoked_at__isnull=True).filter(models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=now))


class PartnerKey(models.Model):
    """One key of one partner. Only the SHA-256 of its 256-bit secret is kept; ``prefix`` is what lists show. ``user`` is the account
    that the key's orders and receipts name as their actor; nobody can sign in with it."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="keys", verbose_name="提供先")
    name = models.CharField("名前", max_length=80)
    prefix = models.CharField("はじめの文字", max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    scope = models.CharField("できること", max_length=8, choices=KeyScope, default=KeyScope.ORDER)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="partner_keys", verbose_name="記録に残る利用者"
    )
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="発行した人")
    created_at = models.DateTimeField("発行", auto_now_add=True)
    expires_at = models.DateTimeField("期限", null=True, blank=True)
    revoked_at = models.DateTimeField("無効にした時刻", null=True, blank=True)
    last_used_at = models.DateTimeField("最後に使われた時刻", null=True, blank=True)

    objects = PartnerKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "APIキー"
        verbose_name_plural = "APIキー"
        ordering = ("partner", "-pk")

    def __str__(self) -> str:
        return f"{self.partner_id} {self.prefix}"

    @property
    def scopes(self) -> frozenset[KeyScope]:
        """Whoever may order may read."""
        return frozenset({KeyScope.READ, KeyScope(self.scope)})

    def valid(self, now: dt.datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)
