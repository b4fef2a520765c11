"""An address somebody drives to."""

from __future__ import annotations

import datetime as dt

from django.db import models

from foodbank.sites.policies import open_parts


class SiteKind(models.TextChoices):
    DEPOT = "depot", "拠点"
    DONOR = "donor", "寄付者"
    PARTNER = "partner", "提供先"
    MOBILE = "mobile", "移動パントリー会場"
    VENUE = "venue", "受取会場"


class PermitClass(models.TextChoices):
    """Kitchen-car permits are given by the water that the car carries (D17)."""

    L40 = "40L", "40 L"
    L80 = "80L", "80 L"
    L200 = "200L", "200 L"


class Site(models.Model):
    """A depot, shop, partner, kitchen-car site or pickup venue. ``code`` is what files, labels and plans call it.

    Only vehicles that are known to be at most ``max_height_cm`` high and to weigh at most ``max_weight_kg`` loaded get there; empty: no
    limit. A kitchen car stands there only with a permit for ``area`` and of at least ``permit_class`` (D17); empty: any will do. From
    ``pause_from`` to ``pause_until`` nothing is handed over (a shop or partner that opens twice a day).
    """

    code = models.CharField("コード", max_length=20, unique=True)
    name = models.CharField("名称", max_length=200)
    kind = models.CharField("種類", max_length=10, choices=SiteKind)
    latitude = models.FloatField("緯度")
    longitude = models.FloatField("経度")
    address = models.CharField("住所", max_length=300, blank=True)
    opens = models.TimeField("開く時刻")
    closes = models.TimeField("閉まる時刻")
    pause_from = models.TimeField("中休み（から）", null=True, blank=True)
    pause_until = models.TimeField("中休み（まで）", null=True, blank=True)
    access_note = models.CharField("入り方・駐車", max_length=500, blank=True)
    phone = models.CharField("電話", max_length=30, blank=True)
    max_height_cm = models.PositiveIntegerField("高さ制限（cm）", null=True, blank=True)
    max_weight_kg = models.PositiveIntegerField("重さ制限（kg）", null=True, blank=True)
    area = models.CharField("許可の区域", max_length=100, blank=True, default="", db_default="")
    permit_class = models.CharField("許可の区分", max_length=4, choices=PermitClass, blank=True, default="", db_default="")
    active = models.BooleanField("使用中", default=True)

    class Meta:
        verbose_name = "場所"
        verbose_name_plural = "場所"
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(condition=models.Q(latitude__gte=-90, latitude__lte=90), name="site_latitude_range"),
            models.CheckConstraint(condition=models.Q(longitude__gte=-180, longitude__lte=180), name="site_longitude_range"),
            models.CheckConstraint(condition=models.Q(closes__gt=models.F("opens")), name="site_closes_after_opens"),
            models.CheckConstraint(
                condition=models.Q(pause_from__isnull=True, pause_until__isnull=True)
                | models.Q(pause_from__isnull=False, pause_until__gt=models.F("pause_from")),
                name="site_pause_forwards",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def pause(self) -> tuple[dt.time, dt.time] | None:
        """When it is closed in between."""
        return None if self.pause_from is None or self.pause_until is None else (self.pause_from, self.pause_until)

    @property
    def hours(self) -> tuple[tuple[dt.time, dt.time], ...]:
        """When it is open, once or twice a day."""
        return open_parts(self.opens, self.closes, self.pause)
