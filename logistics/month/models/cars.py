"""When kitchen cars go out in a month whose shifts nobody has entered yet."""

from __future__ import annotations

from django.db import models

from logistics.fleet.models import Vehicle
from logistics.month.models.candidates import Weekday


class CarHours(models.Model):
    """The usual week of a car. A shift that is entered for a day counts instead of it."""

    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, related_name="month_hours", verbose_name="車両")
    weekday = models.PositiveSmallIntegerField("曜日", choices=Weekday)
    start = models.TimeField("から")
    end = models.TimeField("まで")
    break_minutes = models.PositiveIntegerField("休憩（分）", default=45)

    class Meta:
        verbose_name = "いつもの勤務"
        verbose_name_plural = "いつもの勤務"
        ordering = ("vehicle", "weekday")
        constraints = (
            models.UniqueConstraint(fields=("vehicle", "weekday"), name="car_hours_once"),
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="car_hours_forwards"),
        )

    def __str__(self) -> str:
        return f"{self.vehicle.code} {self.get_weekday_display()}"


class DayOff(models.Model):
    """``vehicle`` stays in on ``day``, whatever its usual week says; without a vehicle all of them do."""

    vehicle = models.ForeignKey(
        Vehicle, null=True, blank=True, on_delete=models.CASCADE, related_name="month_days_off", verbose_name="車両"
    )
    day = models.DateField("日")
    note = models.CharField("理由", max_length=100, blank=True)

    class Meta:
        verbose_name = "車を出さない日"
        verbose_name_plural = "車を出さない日"
        ordering = ("day", "vehicle")
        constraints = (models.UniqueConstraint(fields=("vehicle", "day"), name="day_off_once", nulls_distinct=False),)

    def __str__(self) -> str:
        return f"{self.day} {self.vehicle.code if self.vehicle else ''}"
