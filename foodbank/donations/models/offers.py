"""What shops say they will give (提供情報)."""

from __future__ import annotations

import datetime as dt

from django.db import models

from foodbank.catalog.models import Item
from foodbank.core.dates import DatePrecision
from foodbank.donations.models.donors import Donor
from foodbank.inventory.models import Lot


class OfferStatus(models.TextChoices):
    OPEN = "open", "引取前"
    COLLECTED = "collected", "引取済み"
    CANCELLED = "cancelled", "取消"
    REFUSED = "refused", "お断り"


class OfferSource(models.TextChoices):
    IMPORT = "import", "ファイル"
    STAFF = "staff", "職員が入力"
    LINK = "link", "メールのリンク"
    API = "api", "API"


class OfferQuerySet(models.QuerySet["Offer"]):
    def open_on(self, day: dt.date) -> OfferQuerySet:
        """Offers to be collected on ``day``."""
        return self.filter(day=day, status=OfferStatus.OPEN)


class Offer(models.Model):
    """``quantity`` units of an item, to be collected on ``day`` from ``ready_from`` to ``ready_until``. ``lot`` once received."""

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="offers", verbose_name="寄付者")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="offers", verbose_name="品目")
    day = models.DateField("引取日")
    quantity = models.PositiveIntegerField("点数")
    last_day = models.DateField("期限", null=True, blank=True)
    date_precision = models.CharField("期限の精度", max_length=5, choices=DatePrecision, default=DatePrecision.DAY)
    ready_from = models.TimeField("引取可能（から）")
    ready_until = models.TimeField("引取可能（まで）")
    status = models.CharField("状態", max_length=10, choices=OfferStatus, default=OfferStatus.OPEN)
    source = models.CharField("受け方", max_length=8, choices=OfferSource, default=OfferSource.STAFF)
    refusal_reason = models.CharField("お断りの理由", max_length=200, blank=True)
    note = models.CharField("備考", max_length=300, blank=True)
    lot = models.OneToOneField(Lot, null=True, blank=True, on_delete=models.PROTECT, related_name="offer", verbose_name="ロット")
    created_at = models.DateTimeField("登録", auto_now_add=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = "提供情報"
        verbose_name_plural = "提供情報"
        ordering = ("day", "donor__site__code", "pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="offer_quantity_positive"),
            models.CheckConstraint(condition=models.Q(ready_until__gt=models.F("ready_from")), name="offer_window_forwards"),
        )
        indexes = (models.Index(fields=("day", "status"), name="offer_day_status"),)

    def __str__(self) -> str:
        return f"{self.donor.site.code}/{self.item.gtin}"

    @property
    def ref(self) -> str:
        """What plans call it: ``D014/9520000000042``."""
        return f"{self.donor.site.code}/{self.item.gtin}"

    @property
    def grams(self) -> int:
        return self.quantity * self.item.unit_weight_g
