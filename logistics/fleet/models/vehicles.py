"""Vehicles, what they may carry and when somebody drives them."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models

from foodbank.catalog.models import Zone
from foodbank.sites.models import PermitClass, Site


class VehicleKind(models.TextChoices):
    VAN = "van", "バン・トラック"
    KITCHEN_CAR = "kitchen_car", "キッチンカー"


class Vehicle(models.Model):
    """Capacity in grams per zone; zero means that the zone is not carried (D12). ``height_cm`` and ``weight_kg`` (loaded) are matched
    with the limits of places; a vehicle of which they are unknown fits no limit. ``yen_per_km`` and ``yen_per_day`` are what the food bank
    pays for a kilometre and for a day on which it goes out (zero: nothing, as for a car that is there anyway)."""

    code = models.CharField("コード", max_length=20, unique=True)
    name = models.CharField("名称", max_length=100)
    kind = models.CharField("種類", max_length=12, choices=VehicleKind)
    depot = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="vehicles", verbose_name="拠点")
    ambient_g = models.PositiveIntegerField("常温（g）")
    chilled_g = models.PositiveIntegerField("冷蔵（g）", default=0)
    frozen_g = models.PositiveIntegerField("冷凍（g）", default=0)
    height_cm = models.PositiveIntegerField("高さ（cm）", null=True, blank=True)
    weight_kg = models.PositiveIntegerField("車両総重量（kg）", null=True, blank=True)
    # Most stops in a day, those where it begins and ends not counted; empty: no limit.
    max_stops = models.PositiveIntegerField("1日に回れる立寄先の数", null=True, blank=True)
    yen_per_km = models.PositiveIntegerField("走る1 kmの費用（円）", default=0, db_default=0)
    yen_per_day = models.PositiveIntegerField("使う日の費用（円）", default=0, db_default=0)
    active = models.BooleanField("使用中", default=True)

    class Meta:
        verbose_name = "車両"
        verbose_name_plural = "車両"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def capacity_g(self, zone: str) -> int:
        return {Zone.AMBIENT: self.ambient_g, Zone.CHILLED: self.chilled_g, Zone.FROZEN: self.frozen_g}[Zone(zone)]


class PermitQuerySet(models.QuerySet["Permit"]):
    def valid_on(self, day: dt.date) -> PermitQuerySet:
        return self.filter(valid_from__lte=day).filter(models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=day))


class Permit(models.Model):
    """Without one that is valid that day a vehicle does not drive for us. ``permit_class`` and ``area`` (one name, or several with
    ``、`` between them; empty: anywhere) are for kitchen cars: what places ask for is matched with them."""

    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="permits", verbose_name="車両")
    permit_class = models.CharField("区分", max_length=4, choices=PermitClass, blank=True)
    area = models.CharField("区域", max_length=100, blank=True)
    valid_from = models.DateField("開始日")
    valid_until = models.DateField("終了日", null=True, blank=True)

    objects = PermitQuerySet.as_manager()

    class Meta:
        verbose_name = "許可"
        verbose_name_plural = "許可"
        ordering = ("vehicle", "valid_from")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=models.F("valid_from")),
                name="permit_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.vehicle.code} {self.valid_from}"


class Shift(models.Model):
    """A vehicle goes out on ``day`` between ``start`` and ``end``, with a break in one piece when the route lasts over four hours. It
    begins its way at ``begins_at`` and ends it at ``ends_at`` (empty: the vehicle's depot): a volunteer's own van stays with them."""

    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="shifts", verbose_name="車両")
    day = models.DateField("日")
    start = models.TimeField("から")
    end = models.TimeField("まで")
    break_minutes = models.PositiveIntegerField("休憩（分）", default=0)
    driver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="shifts", verbose_name="運転者"
    )
    begins_at = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="出発する場所"
    )
    ends_at = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="終える場所"
    )

    class Meta:
        verbose_name = "勤務"
        verbose_name_plural = "勤務"
        ordering = ("day", "vehicle")
        constraints = (
            models.UniqueConstraint(fields=("vehicle", "day"), name="shift_once_per_day"),
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="shift_forwards"),
        )

    def __str__(self) -> str:
        return f"{self.vehicle.code} {self.day}"
