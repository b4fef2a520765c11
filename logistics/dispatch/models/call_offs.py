"""Who or what falls out on a day, and what somebody has already dealt with."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models

from foodbank.donations.models import Offer


class CallOffKind(models.TextChoices):
    SHOP = "shop", "お店"
    VEHICLE = "vehicle", "車両"
    DRIVER = "driver", "運転者"
    DAY = "day", "一日全部"


class CallOffQuerySet(models.QuerySet["CallOff"]):
    def standing(self, day: dt.date) -> CallOffQuerySet:
        """Those of ``day`` that nobody has undone."""
        return self.filter(day=day, undone_at__isnull=True)


class CallOff(models.Model):
    """Somebody or something that falls out on ``day``; everyone concerned is told through the outbox. ``offers`` are those that were
    cancelled, or moved to another day, by it. Undone: it holds no longer."""

    day = models.DateField("日", db_index=True)
    kind = models.CharField("何が", max_length=8, choices=CallOffKind)
    site = models.ForeignKey("sites.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="お店")
    vehicle = models.ForeignKey(
        "fleet.Vehicle", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="車両"
    )
    driver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="運転者"
    )
    reason = models.CharField("理由", max_length=200)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="担当")
    created_at = models.DateTimeField("登録", auto_now_add=True)
    offers = models.ManyToManyField(Offer, blank=True, related_name="call_offs", verbose_name="提供情報")
    undone_at = models.DateTimeField("取り消し", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="取り消した人"
    )

    objects = CallOffQuerySet.as_manager()

    class Meta:
        verbose_name = "中止"
        verbose_name_plural = "中止"
        ordering = ("day", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind=CallOffKind.SHOP, site__isnull=False, vehicle__isnull=True, driver__isnull=True)
                | models.Q(kind=CallOffKind.VEHICLE, site__isnull=True, vehicle__isnull=False, driver__isnull=True)
                | models.Q(kind=CallOffKind.DRIVER, site__isnull=True, driver__isnull=False)
                | models.Q(kind=CallOffKind.DAY, site__isnull=True, vehicle__isnull=True, driver__isnull=True),
                name="call_off_names_its_kind",
            ),
            models.UniqueConstraint(
                fields=("day",), condition=models.Q(kind="day", undone_at__isnull=True), name="call_off_day_once"
            ),
            models.UniqueConstraint(
                fields=("day", "vehicle"),
                condition=models.Q(kind="vehicle", undone_at__isnull=True),
                name="call_off_vehicle_once",
            ),
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=True, undone_by__isnull=True)
                | models.Q(undone_at__isnull=False, undone_by__isnull=False),
                name="call_off_undone_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"


class Settled(models.Model):
    """Somebody has dealt with ``what`` (``stop/12``, ``receipt/3``): it is no longer on the list of what wants a person on ``day``."""

    day = models.DateField("日", db_index=True)
    what = models.CharField("何を", max_length=40, unique=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="対応した人")
    at = models.DateTimeField("時刻", auto_now_add=True)

    class Meta:
        verbose_name = "対応済み"
        verbose_name_plural = "対応済み"

    def __str__(self) -> str:
        return self.what
