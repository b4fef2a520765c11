"""Until when partners may order, and for which days: what the food bank may choose."""

from __future__ import annotations

import datetime as dt

from django.db import models


class OrderRules(models.Model):
    """One row; without it the defaults hold. Partners may order, change and cancel until ``cut_off`` (local time), ``days_before`` days
    before the delivery, and at most ``days_ahead`` days ahead. Staff may always."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    cut_off = models.TimeField("締切の時刻", default=dt.time(18))
    days_before = models.PositiveSmallIntegerField("お届けの何日前まで", default=1)
    days_ahead = models.PositiveSmallIntegerField("何日先まで", default=60)

    class Meta:
        verbose_name = "注文の決まり"
        verbose_name_plural = "注文の決まり"
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="order_rules_one_row"),)

    def __str__(self) -> str:
        return "注文の決まり"


class ClosedDay(models.Model):
    """A day on which nothing is delivered: partners cannot order for it."""

    day = models.DateField("お休みの日", unique=True)
    reason = models.CharField("理由", max_length=80, blank=True)

    class Meta:
        verbose_name = "お休みの日"
        verbose_name_plural = "お休みの日"
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day}"
