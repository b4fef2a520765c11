"""What partners ask for."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import models

from foodbank.catalog.models import Allergen, Category, Item
from foodbank.partners.models.partners import Partner


class OrderStatus(models.TextChoices):
    PLACED = "placed", "受付済み"
    CANCELLED = "cancelled", "取消"
    DELIVERED = "delivered", "お届け済み"


class OrderSource(models.TextChoices):
    IMPORT = "import", "ファイル"
    STAFF = "staff", "職員が入力"
    API = "api", "API"
    PAGE = "page", "ページ"


class OrderQuerySet(models.QuerySet["Order"]):
    def open_on(self, day: dt.date) -> OrderQuerySet:
        """Orders for ``day`` that still want food."""
        return self.filter(delivery_date=day, status=OrderStatus.PLACED)


class Order(models.Model):
    """One delivery wanted by one partner on one day. ``ref`` is unique within its day, ``public_id`` is what partners' programs know.
    ``version`` goes up with each change, ``changed_at`` says when the last one was (none: still as it was placed)."""

    public_id = models.UUIDField("公開番号", default=uuid.uuid4, unique=True, editable=False)
    ref = models.CharField("番号", max_length=40)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="orders", verbose_name="提供先")
    delivery_date = models.DateField("お届け日")
    window_from = models.TimeField("時間帯（から）")
    window_until = models.TimeField("時間帯（まで）")
    children = models.PositiveIntegerField("子どもの人数")
    excluded_allergens = models.ManyToManyField(Allergen, blank=True, related_name="orders", verbose_name="除くアレルゲン")
    status = models.CharField("状態", max_length=10, choices=OrderStatus, default=OrderStatus.PLACED)
    source = models.CharField("受け方", max_length=8, choices=OrderSource, default=OrderSource.STAFF)
    external_ref = models.CharField("相手の番号", max_length=80, blank=True)
    note = models.CharField("備考", max_length=500, blank=True)
    created_at = models.DateTimeField("登録", auto_now_add=True)
    changed_at = models.DateTimeField("最後の変更", null=True, blank=True, editable=False)
    version = models.PositiveIntegerField("版", default=1, db_default=1, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = "注文"
        verbose_name_plural = "注文"
        ordering = ("delivery_date", "ref")
        constraints = (
            models.UniqueConstraint(fields=("delivery_date", "ref"), name="order_ref_once_per_day"),
            models.CheckConstraint(condition=models.Q(window_until__gt=models.F("window_from")), name="order_window_forwards"),
        )

    def __str__(self) -> str:
        return f"{self.delivery_date} {self.ref}"


class WantedLines(models.Manager["OrderLine"]):
    def get_queryset(self) -> models.QuerySet[OrderLine]:
        return super().get_queryset().filter(withdrawn=False)


class OrderLine(models.Model):
    """Either so many grams of a category, or so many units of an item. ``ref`` is what plans call it: ``O007/dairy``.

    A line that was taken out after a plan had been made for it stays as ``withdrawn``, for the plan; ``objects`` and ``order.lines`` leave
    it out, and so must queries that join ``lines``.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines", verbose_name="注文")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, verbose_name="分類")
    item = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, verbose_name="品目")
    quantity_g = models.PositiveIntegerField("重さ（g）", null=True, blank=True)
    quantity = models.PositiveIntegerField("点数", null=True, blank=True)
    withdrawn = models.BooleanField("取り下げ", default=False, db_default=False, editable=False)

    objects = WantedLines()
    everything = models.Manager["OrderLine"]()

    class Meta:
        verbose_name = "注文の行"
        verbose_name_plural = "注文の行"
        ordering = ("order", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("order", "category"), condition=models.Q(category__isnull=False), name="order_category_once"
            ),
            models.UniqueConstraint(fields=("order", "item"), condition=models.Q(item__isnull=False), name="order_item_once"),
            models.CheckConstraint(
                condition=(
                    models.Q(category__isnull=False, quantity_g__gt=0, item__isnull=True, quantity__isnull=True)
                    | models.Q(item__isnull=False, quantity__gt=0, category__isnull=True, quantity_g__isnull=True)
                ),
                name="order_line_category_or_item",
            ),
        )

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        return f"{self.order.ref}/{self.category.code if self.category else self.item.gtin if self.item else ''}"

    @property
    def asked_g(self) -> int:
        """Grams asked for."""
        if self.quantity_g is not None:
            return self.quantity_g
        return (self.quantity or 0) * (self.item.unit_weight_g if self.item else 0)
