"""What a thing is: product, category, zone, kind of date, weight, allergens."""

from __future__ import annotations

from django.db import models

from foodbank.catalog.models.allergens import Allergen
from foodbank.core.dates import DateMark


class Zone(models.TextChoices):
    """Temperature zones (D11): 冷蔵 is at most 10 °C, 冷凍 at most −15 °C."""

    AMBIENT = "ambient", "常温"
    CHILLED = "chilled", "冷蔵"
    FROZEN = "frozen", "冷凍"


class Category(models.Model):
    """What partners order by."""

    code = models.SlugField("コード", max_length=30, unique=True)
    name = models.CharField("名称", max_length=50)
    name_en = models.CharField("英語名", max_length=50)
    is_food = models.BooleanField("食品", default=True)

    class Meta:
        verbose_name = "分類"
        verbose_name_plural = "分類"
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """A product, known by its GTIN. ``allergens`` are those it contains; when ``allergens_stated`` is false nothing is known
    about the others, and unknown counts as contains for whoever must avoid them (D13)."""

    gtin = models.CharField("JANコード", max_length=14, unique=True)
    name = models.CharField("品名", max_length=120)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="items", verbose_name="分類")
    zone = models.CharField("温度帯", max_length=10, choices=Zone)
    date_mark = models.CharField("期限の種類", max_length=12, choices=DateMark)
    unit_weight_g = models.PositiveIntegerField("1点の重さ（g）")
    weight_estimated = models.BooleanField("重さは推定", default=False)
    allergens_stated = models.BooleanField("アレルゲン表示あり", default=True)
    allergens = models.ManyToManyField(Allergen, blank=True, related_name="items", verbose_name="含むアレルゲン")
    active = models.BooleanField("使用中", default=True)

    class Meta:
        verbose_name = "品目"
        verbose_name_plural = "品目"
        ordering = ("gtin",)
        constraints = (models.CheckConstraint(condition=models.Q(unit_weight_g__gt=0), name="item_weight_positive"),)

    def __str__(self) -> str:
        return self.name
