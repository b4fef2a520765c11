"""What shops say they will give (提供情報)."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
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


class RefusalReasonQuerySet(models.QuerySet["RefusalReason"]):
    def in_force(self, day: dt.date) -> RefusalReasonQuerySet:
        return self.filter(effective_from__lte=day).filter(
            models.Q(effective_until__isnull=True) | models.Q(effective_until__gte=day)
        )


class RefusalReason(models.Model):
    """One row of the refusal list (D9): goods of which this is true never enter stock. The food bank edits the list."""

    code = models.SlugField("コード", max_length=30, unique=True)
    name = models.CharField("名称", max_length=80)
    name_en = models.CharField("英語名", max_length=80)
    effective_from = models.DateField("開始日")
    effective_until = models.DateField("終了日", null=True, blank=True)

    objects = RefusalReasonQuerySet.as_manager()

    class Meta:
        verbose_name = "お断りする理由"
        verbose_name_plural = "お断りする理由"
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class OfferQuerySet(models.QuerySet["Offer"]):
    def open_on(self, day: dt.date) -> OfferQuerySet:
        """Offers to be collected on ``day``."""
        return self.filter(day=day, status=OfferStatus.OPEN)


class Offer(models.Model):
    """``quantity`` units of an item, to be collected on ``day`` from ``ready_from`` to ``ready_until``. ``lot`` once received. On its last
    day it is safe until ``safe_until`` (empty: until the day ends)."""

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="offers", verbose_name="寄付者")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="offers", verbose_name="品目")
    day = models.DateField("引取日")
    quantity = models.PositiveIntegerField("点数")
    last_day = models.DateField("期限", null=True, blank=True)
    date_precision = models.CharField("期限の精度", max_length=5, choices=DatePrecision, default=DatePrecision.DAY)
    safe_until = models.TimeField("期限の時刻", null=True, blank=True)
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
            models.CheckConstraint(
                condition=models.Q(safe_until__isnull=True) | models.Q(last_day__isnull=False), name="offer_safe_time_has_day"
            ),
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


class RefusedGoods(models.Model):
    """Goods that came or were offered and were not taken, with the reason (D9). They are in no ledger row: they were never ours."""

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="refused_goods", verbose_name="寄付者")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="refused_goods", verbose_name="品目")
    offer = models.ForeignKey(
        Offer, null=True, blank=True, on_delete=models.PROTECT, related_name="refused_goods", verbose_name="提供情報"
    )
    quantity = models.PositiveIntegerField("点数")
    reason = models.ForeignKey(RefusalReason, on_delete=models.PROTECT, related_name="refused_goods", verbose_name="理由")
    note = models.CharField("備考", max_length=200, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="担当")
    refused_at = models.DateTimeField("記録", auto_now_add=True)

    class Meta:
        verbose_name = "お断りした品"
        verbose_name_plural = "お断りした品"
        ordering = ("pk",)
        constraints = (models.CheckConstraint(condition=models.Q(quantity__gt=0), name="refused_goods_quantity_positive"),)

    def __str__(self) -> str:
        return f"{self.donor_id}/{self.item_id}: {self.quantity} ({self.reason_id})"
