"""What providers of driving times said, kept by pair of places, way of driving and date of the road data."""

from __future__ import annotations

from django.db import models

MICRO = 1_000_000


class RoadData(models.Model):
    """One state of a provider's roads. ``version`` is the date that the server gives; a server that gives none is asked anew each week
    (then ``dated`` is false and ``version`` names the week)."""

    provider = models.CharField("もと", max_length=20)
    profile = models.CharField("走り方", max_length=20)
    version = models.CharField("道路データの日付", max_length=40)
    dated = models.BooleanField("日付あり", default=True)
    checked_at = models.DateTimeField("確かめた時刻")
    used_on = models.DateField("最後に使った日")

    class Meta:
        verbose_name = "道路データ"
        verbose_name_plural = "道路データ"
        ordering = ("-checked_at",)
        constraints = (models.UniqueConstraint(fields=("provider", "profile", "version"), name="road_data_once"),)

    def __str__(self) -> str:
        return f"{self.provider}/{self.profile} {self.version}"


class RoadPoint(models.Model):
    """A place on the map, whatever stands there: a site that moves is another point, so nothing known of the old one is used for it."""

    latitude_e6 = models.IntegerField("緯度（百万分の1度）")
    longitude_e6 = models.IntegerField("経度（百万分の1度）")
    used_on = models.DateField("最後に使った日")

    class Meta:
        verbose_name = "地点"
        verbose_name_plural = "地点"
        constraints = (models.UniqueConstraint(fields=("latitude_e6", "longitude_e6"), name="road_point_once"),)

    def __str__(self) -> str:
        return f"{self.latitude_e6 / MICRO:.6f}, {self.longitude_e6 / MICRO:.6f}"


class RoadLeg(models.Model):
    """From one point to another. Without numbers: the provider knows no way."""

    data = models.ForeignKey(RoadData, on_delete=models.CASCADE, related_name="legs", verbose_name="道路データ")
    origin = models.ForeignKey(RoadPoint, on_delete=models.CASCADE, related_name="legs_from", verbose_name="から")
    target = models.ForeignKey(RoadPoint, on_delete=models.CASCADE, related_name="legs_to", verbose_name="まで")
    seconds = models.PositiveIntegerField("時間（秒）", null=True)
    metres = models.PositiveIntegerField("距離（m）", null=True)

    class Meta:
        verbose_name = "区間"
        verbose_name_plural = "区間"
        constraints = (
            models.UniqueConstraint(fields=("data", "origin", "target"), name="road_leg_once"),
            models.CheckConstraint(
                condition=models.Q(seconds__isnull=True, metres__isnull=True)
                | models.Q(seconds__isnull=False, metres__isnull=False),
                name="road_leg_whole_or_unknown",
            ),
        )

    def __str__(self) -> str:
        return f"{self.origin_id} → {self.target_id}: {self.seconds}"
