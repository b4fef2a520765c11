"""Signed agreements (合意書, D1)."""

from __future__ import annotations

import datetime as dt

from django.db import models

from foodbank.sites.models.sites import Site


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def valid_on(self, day: dt.date) -> AgreementQuerySet:
        return self.filter(valid_from__lte=day).filter(models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=day))


class Agreement(models.Model):
    """No goods come from or go to a site without one that is valid that day: no resale, storage, records, reporting, contact."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="agreements", verbose_name="相手")
    valid_from = models.DateField("開始日")
    valid_until = models.DateField("終了日", null=True, blank=True)
    note = models.CharField("備考", max_length=300, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = "合意書"
        verbose_name_plural = "合意書"
        ordering = ("site", "valid_from")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=models.F("valid_from")),
                name="agreement_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.site.code} {self.valid_from}–{self.valid_until or ''}"
