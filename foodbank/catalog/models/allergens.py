"""Allergens and the dated lists that say which of them a label must or should name (D13)."""

from __future__ import annotations

import datetime as dt

from django.db import models


class Allergen(models.Model):
    name = models.CharField("表示名", max_length=30, unique=True)
    name_en = models.CharField("英語名", max_length=40)

    class Meta:
        verbose_name = "アレルゲン"
        verbose_name_plural = "アレルゲン"
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class AllergenListQuerySet(models.QuerySet["AllergenList"]):
    def in_force(self, day: dt.date) -> AllergenList:
        """The newest list in force on ``day``, or the oldest that we have for a day before all of them."""
        return self.filter(effective_from__lte=day).order_by("-effective_from").first() or self.earliest("effective_from")


class AllergenList(models.Model):
    """One edition of the list: what was in force from a day on. A lot keeps the edition that it was checked against."""

    effective_from = models.DateField("施行日", unique=True)
    source = models.CharField("根拠", max_length=200)
    allergens = models.ManyToManyField(Allergen, through="AllergenListEntry", related_name="lists")

    objects = AllergenListQuerySet.as_manager()

    class Meta:
        verbose_name = "アレルゲン一覧"
        verbose_name_plural = "アレルゲン一覧"
        ordering = ("effective_from",)

    def __str__(self) -> str:
        return f"{self.effective_from}"


class AllergenListEntry(models.Model):
    list = models.ForeignKey(AllergenList, on_delete=models.CASCADE, related_name="entries")
    allergen = models.ForeignKey(Allergen, on_delete=models.PROTECT, related_name="entries")
    mandatory = models.BooleanField("表示義務")

    class Meta:
        verbose_name = "一覧の行"
        verbose_name_plural = "一覧の行"
        constraints = (models.UniqueConstraint(fields=("list", "allergen"), name="allergen_once_per_list"),)

    def __str__(self) -> str:
        return self.allergen.name
