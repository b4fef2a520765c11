"""Pickup days (受取日) with their slots, and the exchange session beside them. Food never depends on joining (P6)."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Max, Min, Sum

from foodbank.sites.models import Site


class PickupDayQuerySet(models.QuerySet["PickupDay"]):
    def with_figures(self) -> PickupDayQuerySet:
        """Adds ``first_slot``, ``last_slot`` (times), ``places`` (households) and how many of these are ``taken``."""
        return self.annotate(
            first_slot=Min("slots__start"), last_slot=Max("slots__end"), places=Sum("slots__capacity"), taken=Sum("slots__taken")
        )


class PickupDay(models.Model):
    """Households fetch food at ``site`` on ``day``; plans call it by the site's code. They may book from ``bookings_open_at`` until
    ``bookings_close_at`` (nothing: from now, until the slot ends); staff may always. ``area`` is all that is shown of the place to
    those who have not booked (P5)."""

    # What ``with_figures`` adds.
    first_slot: dt.time
    last_slot: dt.time
    places: int | None
    taken: int | None

    day = models.DateField("日")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="pickup_days", verbose_name="会場")
    area = models.CharField("おおよその場所", max_length=60, blank=True, default="", db_default="")
    bookings_open_at = models.DateTimeField("予約の開始", null=True, blank=True)
    bookings_close_at = models.DateTimeField("予約の締切", null=True, blank=True)

    objects = PickupDayQuerySet.as_manager()

    class Meta:
        verbose_name = "受取日"
        verbose_name_plural = "受取日"
        ordering = ("day", "site__code")
        constraints = (models.UniqueConstraint(fields=("day", "site"), name="pickup_day_once"),)

    def __str__(self) -> str:
        return f"{self.day} {self.site.code}"


class Slot(models.Model):
    """``capacity`` households may come from ``start`` to ``end``; ``taken`` of these places are. The constraint has the last word
    (R1)."""

    pickup_day = models.ForeignKey(PickupDay, on_delete=models.CASCADE, related_name="slots", verbose_name="受取日")
    start = models.TimeField("から")
    end = models.TimeField("まで")
    capacity = models.PositiveIntegerField("世帯数")
    taken = models.PositiveIntegerField("予約済み", default=0, db_default=0)

    class Meta:
        verbose_name = "受取枠"
        verbose_name_plural = "受取枠"
        ordering = ("pickup_day", "start")
        constraints = (
            models.UniqueConstraint(fields=("pickup_day", "start"), name="slot_start_once"),
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="slot_forwards"),
            models.CheckConstraint(condition=models.Q(taken__lte=models.F("capacity")), name="slot_never_overbooked"),
        )

    def __str__(self) -> str:
        return f"{self.start:%H:%M}–{self.end:%H:%M}"


class ExchangeSession(models.Model):
    """A themed conversation beside the pickup day, with childcare places."""

    pickup_day = models.ForeignKey(PickupDay, on_delete=models.CASCADE, related_name="sessions", verbose_name="受取日")
    theme = models.CharField("テーマ", max_length=200)
    start = models.TimeField("から")
    end = models.TimeField("まで")
    capacity = models.PositiveIntegerField("定員")
    childcare_places = models.PositiveIntegerField("託児枠", default=0)
    taken = models.PositiveIntegerField("参加", default=0, db_default=0)
    childcare_taken = models.PositiveIntegerField("託児", default=0, db_default=0)

    class Meta:
        verbose_name = "交流会"
        verbose_name_plural = "交流会"
        ordering = ("pickup_day", "start")
        constraints = (
            models.UniqueConstraint(fields=("pickup_day", "start", "theme"), name="session_once"),
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="session_forwards"),
            models.CheckConstraint(condition=models.Q(taken__lte=models.F("capacity")), name="session_never_overbooked"),
            models.CheckConstraint(
                condition=models.Q(childcare_taken__lte=models.F("childcare_places")), name="childcare_never_overbooked"
            ),
        )

    def __str__(self) -> str:
        return self.theme
