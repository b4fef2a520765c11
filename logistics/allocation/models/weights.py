"""What the plan weighs things by: a table that the food bank edits, each row in force from its day on."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models


class PlanWeightsQuerySet(models.QuerySet["PlanWeights"]):
    def in_force(self, day: dt.date) -> PlanWeights | None:
        """The latest row that begins on ``day`` or before."""
        return self.filter(valid_from__lte=day).order_by("-valid_from").first()


class PlanWeights(models.Model):
    """In kilometres driven: what one kilogram that is missing or left behind, one vehicle or one order is worth. ``driver_m_per_s`` is
    what a second of a driver's day is worth in metres, ``km_yen`` how many yen weigh as much as a kilometre. What the rules forbid is not
    weighed."""

    valid_from = models.DateField("この日から", unique=True)
    site_km_per_kg = models.PositiveIntegerField("訪問・受取日の食品1 kgが足りない")
    line_km_per_kg = models.PositiveIntegerField("注文の食品1 kgが足りない")
    line_left_out_km = models.PositiveIntegerField("注文のお届け1回分がまるごと届かない")
    offer_km_per_kg = models.PositiveIntegerField("提供品1 kgを引き取れない")
    offer_soon_km_per_kg = models.PositiveIntegerField("期限が近い提供品1 kgに足す重さ")
    soon_days = models.PositiveIntegerField("期限が近いとみなす日数")
    offer_left_km = models.PositiveIntegerField("提供品1件をまるごと引き取れない")
    vehicle_km = models.PositiveIntegerField("車両を1台使う")
    driver_m_per_s = models.PositiveIntegerField("運転者の時間1秒（m）")
    km_yen = models.PositiveIntegerField("1 kmと同じ重さの費用（円）", default=50, db_default=50)
    move_km = models.PositiveIntegerField("動きだした計画で、届け先の車を替える", default=3, db_default=3)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(auto_now=True)

    objects = PlanWeightsQuerySet.as_manager()

    class Meta:
        verbose_name = "計画の重みづけ"
        verbose_name_plural = "計画の重みづけ"
        ordering = ("-valid_from",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(site_km_per_kg__gte=models.F("line_km_per_kg"))
                & models.Q(line_km_per_kg__gte=models.F("offer_km_per_kg") + models.F("offer_soon_km_per_kg")),
                name="weights_keep_their_order",
            ),
            models.CheckConstraint(condition=models.Q(km_yen__gte=1), name="weights_yen_count"),
        )

    def __str__(self) -> str:
        return str(self.valid_from)
