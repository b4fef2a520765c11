"""What the food bank settles about carrying food: goods that do not ride together, and how long some may ride (D12)."""

from __future__ import annotations

import datetime as dt

from django.db import models

from foodbank.catalog.models.items import Category, Zone


def _in_force(day: dt.date) -> models.Q:
    return models.Q(effective_from__lte=day) & (models.Q(effective_until__isnull=True) | models.Q(effective_until__gte=day))


_ENDS_AFTER_START = models.Q(effective_until__isnull=True) | models.Q(effective_until__gte=models.F("effective_from"))


class KeptApartQuerySet(models.QuerySet["KeptApart"]):
    def in_force(self, day: dt.date) -> KeptApartQuerySet:
        return self.filter(_in_force(day))


class KeptApart(models.Model):
    """Goods of these two categories are never in one vehicle at the same time, from a day on (detergent and bread; raw and ready to
    eat). ``first`` is the one with the smaller number, so that a pair has one way to be written."""

    first = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+", verbose_name="分類")
    second = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+", verbose_name="いっしょに積まない分類")
    effective_from = models.DateField("この日から")
    effective_until = models.DateField("この日まで", null=True, blank=True)

    objects = KeptApartQuerySet.as_manager()

    class Meta:
        verbose_name = "いっしょに積まない分類"
        verbose_name_plural = "いっしょに積まない分類"
        ordering = ("first", "second", "effective_from")
        constraints = (
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="kept_apart_one_way"),
            models.UniqueConstraint(fields=("first", "second", "effective_from"), name="kept_apart_once"),
            models.CheckConstraint(condition=_ENDS_AFTER_START, name="kept_apart_ends_after_start"),
        )

    def __str__(self) -> str:
        return f"{self.first} × {self.second}"


class RideLimitQuerySet(models.QuerySet["RideLimit"]):
    def in_force(self, day: dt.date) -> RideLimitQuerySet:
        return self.filter(_in_force(day))


class RideLimit(models.Model):
    """Goods of this category, of this zone or of both at once are at most ``minutes`` in a vehicle, from leaving the place where they are
    taken up to the beginning of the stop where they are handed over. Of several rows that fit, the shortest counts."""

    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name="分類")
    zone = models.CharField("温度帯", max_length=10, choices=Zone, blank=True)
    minutes = models.PositiveIntegerField("分")
    effective_from = models.DateField("この日から")
    effective_until = models.DateField("この日まで", null=True, blank=True)

    objects = RideLimitQuerySet.as_manager()

    class Meta:
        verbose_name = "車両に積んでおける時間"
        verbose_name_plural = "車両に積んでおける時間"
        ordering = ("category", "zone", "effective_from")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(category__isnull=False) | ~models.Q(zone=""), name="ride_limit_of_something"
            ),
            models.CheckConstraint(condition=models.Q(minutes__gt=0), name="ride_limit_positive"),
            models.UniqueConstraint(fields=("category", "zone", "effective_from"), name="ride_limit_once"),
            models.UniqueConstraint(
                fields=("zone", "effective_from"), condition=models.Q(category__isnull=True), name="ride_limit_of_zone_once"
            ),
            models.CheckConstraint(condition=_ENDS_AFTER_START, name="ride_limit_ends_after_start"),
        )

    def __str__(self) -> str:
        return f"{self.category or ''} {self.zone}: {self.minutes}"
