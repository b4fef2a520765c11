"""Organisations that receive food and hand it on."""

from __future__ import annotations

from django.db import models

from foodbank.sites.models import Site


class PartnerKind(models.TextChoices):
    CAFETERIA = "cafeteria", "子ども食堂"
    CHILDCARE = "childcare", "子育て支援施設"
    OTHER = "other", "その他の団体"


class Partner(models.Model):
    """The receiving side of a site of kind ``partner``; its code is the site's."""

    site = models.OneToOneField(Site, on_delete=models.PROTECT, related_name="partner", verbose_name="場所")
    kind = models.CharField("種類", max_length=12, choices=PartnerKind, default=PartnerKind.CAFETERIA)
    contact_name = models.CharField("担当者", max_length=80, blank=True)
    contact_email = models.EmailField("メール", blank=True)
    health_notified_on = models.DateField("保健所への届出日", null=True, blank=True)

    class Meta:
        verbose_name = "提供先"
        verbose_name_plural = "提供先"
        ordering = ("site__code",)

    def __str__(self) -> str:
        return str(self.site)
