"""Shops and others that give."""

from __future__ import annotations

from django.db import models

from foodbank.sites.models import Site


class Donor(models.Model):
    """The giving side of a site of kind ``donor``; its code is the site's."""

    site = models.OneToOneField(Site, on_delete=models.PROTECT, related_name="donor", verbose_name="場所")
    contact_name = models.CharField("担当者", max_length=80, blank=True)
    contact_email = models.EmailField("メール", blank=True)

    class Meta:
        verbose_name = "寄付者"
        verbose_name_plural = "寄付者"
        ordering = ("site__code",)

    def __str__(self) -> str:
        return str(self.site)
