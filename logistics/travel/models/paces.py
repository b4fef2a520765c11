"""At which hours driving takes longer: what the food bank says, and what its own drives show."""

from __future__ import annotations

from django.db import models

from foodbank.sites.models import Site

NIGHT_MIN = 24 * 60


class PaceBand(models.Model):
    """``percent`` of the provider's time between two minutes of the day. ``learned_percent`` is what ``learned_drives`` drives in these
    hours took, as of ``learned_on``; it counts instead where ``use_learned`` is on."""

    start_min = models.PositiveSmallIntegerField("から（分）")
    end_min = models.PositiveSmallIntegerField("まで（分）")
    percent = models.PositiveSmallIntegerField("補正（%）", default=100)
    use_learned = models.BooleanField("実績を使う", default=False)
    learned_percent = models.PositiveSmallIntegerField("実績（%）", null=True, blank=True)
    learned_drives = models.PositiveIntegerField("実績の走行数", default=0)
    learned_on = models.DateField("実績をまとめた日", null=True, blank=True)

    class Meta:
        verbose_name = "時間帯の補正"
        verbose_name_plural = "時間帯の補正"
        ordering = ("start_min",)
        constraints = (
            models.UniqueConstraint(fields=("start_min",), name="pace_band_once"),
            models.CheckConstraint(
                condition=models.Q(start_min__lt=models.F("end_min")) & models.Q(end_min__lte=NIGHT_MIN),
                name="pace_band_forwards",
            ),
            models.CheckConstraint(condition=models.Q(percent__gte=50, percent__lte=300), name="pace_band_percent"),
        )

    def __str__(self) -> str:
        return f"{self.shown_start}–{self.shown_end}: {self.percent} %"

    @property
    def shown_start(self) -> str:
        return f"{self.start_min // 60}:{self.start_min % 60:02d}"

    @property
    def shown_end(self) -> str:
        return f"{self.end_min // 60}:{self.end_min % 60:02d}"

    @property
    def counts(self) -> int:
        """What planning goes by."""
        return self.learned_percent if self.use_learned and self.learned_percent is not None else self.percent


class LearnedPair(models.Model):
    """What drives from one site to another took, per cent of the provider's time. ``origin_at`` and ``target_at`` say where the sites were
    then: of a site that has moved since nothing is known."""

    origin = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", verbose_name="から")
    target = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", verbose_name="まで")
    origin_at = models.CharField("からの位置", max_length=40)
    target_at = models.CharField("までの位置", max_length=40)
    percent = models.PositiveSmallIntegerField("実績（%）")
    drives = models.PositiveIntegerField("走行数")
    learned_on = models.DateField("まとめた日")

    class Meta:
        verbose_name = "区間の実績"
        verbose_name_plural = "区間の実績"
        ordering = ("-drives", "origin", "target")
        constraints = (models.UniqueConstraint(fields=("origin", "target"), name="learned_pair_once"),)

    def __str__(self) -> str:
        return f"{self.origin_id} → {self.target_id}: {self.percent} %"
