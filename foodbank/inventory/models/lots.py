"""Lots: goods of one item with one date, one origin and one allergen statement."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models

from foodbank.catalog.models import Allergen, AllergenList, Item, Zone
from foodbank.core.dates import DateMark, DatePrecision
from foodbank.sites.models import Site


class LotQuerySet(models.QuerySet["Lot"]):
    def usable_on(self, day: dt.date) -> LotQuerySet:
        """Lots received by ``day`` that no stock list up to that day has left out."""
        return self.filter(received_on__lte=day).filter(models.Q(unlisted_from__isnull=True) | models.Q(unlisted_from__gt=day))


class LotStatus(models.TextChoices):
    GOOD = "good", "使用可"
    HELD = "held", "保留"  # quarantined or frozen: nothing leaves


class Condition(models.TextChoices):
    """What it looked like on receipt (D2)."""

    GOOD = "good", "良好"
    OUTER_DAMAGE = "outer_damage", "外装に傷み（中身は良好）"


class Lot(models.Model):
    """``code`` is on the label. ``last_day`` is the last valid day (D8), on which it is safe until ``safe_until`` (empty: until the day
    ends); whether a lot may leave is asked of ``policies``."""

    code = models.CharField("ロット番号", max_length=16, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="lots", verbose_name="品目")
    donor_site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="given_lots", verbose_name="寄付者"
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name="元のロット"
    )
    received_on = models.DateField("受入日")
    date_mark = models.CharField("期限の種類", max_length=12, choices=DateMark)
    last_day = models.DateField("最終日", null=True, blank=True)
    date_precision = models.CharField("期限の精度", max_length=5, choices=DatePrecision, default=DatePrecision.DAY)
    safe_until = models.TimeField("期限の時刻", null=True, blank=True)
    zone = models.CharField("温度帯", max_length=10, choices=Zone)
    unit_weight_g = models.PositiveIntegerField("1点の重さ（g）")
    weight_estimated = models.BooleanField("重さは推定", default=False)
    maker_lot = models.CharField("製造ロット", max_length=40, blank=True)
    allergens_stated = models.BooleanField("アレルゲン表示あり")
    allergen_list = models.ForeignKey(AllergenList, on_delete=models.PROTECT, related_name="lots", verbose_name="アレルゲン一覧")
    allergens = models.ManyToManyField(Allergen, through="LotAllergen", related_name="lots", verbose_name="含むアレルゲン")
    mixed_box = models.BooleanField("詰合せ（個別表示なし）", default=False)
    condition = models.CharField("受入時の状態", max_length=12, choices=Condition, default=Condition.GOOD)
    status = models.CharField("状態", max_length=5, choices=LotStatus, default=LotStatus.GOOD)
    hold_reason = models.CharField("保留の理由", max_length=200, blank=True)
    source_ref = models.CharField("受入のもと", max_length=80, blank=True)
    # From this day on a stock list leaves the lot out: it is not planned with until somebody has counted.
    unlisted_from = models.DateField("在庫表にない日", null=True, blank=True)

    objects = LotQuerySet.as_manager()

    class Meta:
        verbose_name = "ロット"
        verbose_name_plural = "ロット"
        ordering = ("last_day", "pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(unit_weight_g__gt=0), name="lot_weight_positive"),
            models.CheckConstraint(
                condition=models.Q(date_mark=DateMark.NONE) | models.Q(last_day__isnull=False), name="lot_dated_when_marked"
            ),
            models.CheckConstraint(
                condition=models.Q(safe_until__isnull=True) | models.Q(last_day__isnull=False), name="lot_safe_time_has_day"
            ),
        )
        indexes = (models.Index(fields=("item", "last_day"), name="lot_item_last_day"),)

    def __str__(self) -> str:
        return self.code


class LotAllergen(models.Model):
    """The lot contains this allergen. No row: does not contain it if the lot's ``allergens_stated``, else unknown."""

    lot = models.ForeignKey(Lot, on_delete=models.CASCADE, related_name="contains")
    allergen = models.ForeignKey(Allergen, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "ロットのアレルゲン"
        verbose_name_plural = "ロットのアレルゲン"
        constraints = (models.UniqueConstraint(fields=("lot", "allergen"), name="lot_allergen_once"),)

    def __str__(self) -> str:
        return self.allergen.name


class Release(models.Model):
    """A lot past its 賞味期限 may leave until ``until``: written grounds and two different people (D6). Never for 消費期限."""

    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="release", verbose_name="ロット")
    until = models.DateField("この日まで")
    grounds = models.TextField("科学的根拠")
    first = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="1人目")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="2人目")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "期限後の使用許可"
        verbose_name_plural = "期限後の使用許可"
        constraints = (
            models.CheckConstraint(condition=~models.Q(first=models.F("second")), name="release_two_people"),
            models.CheckConstraint(condition=~models.Q(grounds=""), name="release_grounds_written"),
        )

    def __str__(self) -> str:
        return f"{self.lot.code} – {self.until}"


class ReleaseRequest(models.Model):
    """What the first person wrote. A second, different person grants it, which makes the lot's :class:`Release`; requests stay."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="release_requests", verbose_name="ロット")
    until = models.DateField("この日まで")
    grounds = models.TextField("科学的根拠")
    first = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="1人目")
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="2人目"
    )
    created_at = models.DateTimeField("申請", auto_now_add=True)
    granted_at = models.DateTimeField("許可", null=True, blank=True)

    class Meta:
        verbose_name = "期限後の使用申請"
        verbose_name_plural = "期限後の使用申請"
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(second__isnull=True, granted_at__isnull=True)
                | (models.Q(second__isnull=False, granted_at__isnull=False) & ~models.Q(first=models.F("second"))),
                name="release_request_two_people",
            ),
            models.CheckConstraint(condition=~models.Q(grounds=""), name="release_request_grounds_written"),
        )

    def __str__(self) -> str:
        return f"{self.lot.code} – {self.until}"


class Hold(models.Model):
    """Who put a lot on hold and why, and who lifted it. A lot on hold has exactly one that is not lifted."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="holds", verbose_name="ロット")
    reason = models.CharField("理由", max_length=200)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="担当")
    held_at = models.DateTimeField("保留", auto_now_add=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="解除した人"
    )
    lifted_at = models.DateTimeField("解除", null=True, blank=True)
    lifted_note = models.CharField("解除の理由", max_length=200, blank=True)

    class Meta:
        verbose_name = "保留の記録"
        verbose_name_plural = "保留の記録"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("lot",), condition=models.Q(lifted_at__isnull=True), name="hold_one_open_per_lot"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="hold_reason_written"),
        )

    def __str__(self) -> str:
        return f"{self.lot.code}: {self.reason}"


class StockRules(models.Model):
    """What this installation may choose. One row; without it the defaults hold."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    releases_on = models.BooleanField("賞味期限後の使用許可を認める", default=True)

    class Meta:
        verbose_name = "在庫の決まり"
        verbose_name_plural = "在庫の決まり"
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="stock_rules_one_row"),)

    def __str__(self) -> str:
        return "在庫の決まり"
