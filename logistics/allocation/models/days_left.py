"""How many days a thing must still keep when it is handed over (D7): a table that the food bank edits."""

from __future__ import annotations

from django.db import models

from foodbank.catalog.models import Category, Zone


class Channel(models.TextChoices):
    HOME_PARCEL = "home_parcel", "持ち帰り（受取日）"
    PARTNER = "partner", "提供先"
    SAME_DAY = "same_day", "当日お渡し（移動パントリー）"


class MinimumDaysLeft(models.Model):
    """``days`` between the hand-over and the last valid day; the row with both ``category`` and ``zone`` beats one with ``category``,
    that one beats ``zone``, and the row with neither is the rule for everything else. No row: zero (the last day itself is fine)."""

    channel = models.CharField("渡し方", max_length=12, choices=Channel)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.CASCADE, verbose_name="分類")
    zone = models.CharField("温度帯", max_length=10, choices=Zone, blank=True)
    days = models.PositiveIntegerField("残り日数")

    class Meta:
        verbose_name = "必要な残り日数"
        verbose_name_plural = "必要な残り日数"
        ordering = ("channel", "category", "zone")
        constraints = (
            models.UniqueConstraint(fields=("channel", "category", "zone"), name="days_left_once", nulls_distinct=False),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.category or '*'} {self.zone or '*'}: {self.days}"
