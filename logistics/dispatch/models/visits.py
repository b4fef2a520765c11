"""Mobile visits (移動パントリー): a kitchen car stands at a site."""

from __future__ import annotations

from django.db import models

from foodbank.sites.models import Site
from logistics.fleet.models import Vehicle


class MobileVisit(models.Model):
    """Open to visitors from ``open_from`` to ``open_until``; plans call it by the site's code. ``vehicle`` is the kitchen car that was
    settled for it (empty: any): plans send that one as long as it goes out that day, else any."""

    day = models.DateField("日")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="visits", verbose_name="会場")
    open_from = models.TimeField("開始")
    open_until = models.TimeField("終了")
    expected_households = models.PositiveIntegerField("見込み世帯数")
    vehicle = models.ForeignKey(
        Vehicle, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="決めた車両"
    )

    class Meta:
        verbose_name = "移動パントリー"
        verbose_name_plural = "移動パントリー"
        ordering = ("day", "open_from", "site__code")
        constraints = (
            models.UniqueConstraint(fields=("day", "site", "open_from"), name="visit_once"),
            models.CheckConstraint(condition=models.Q(open_until__gt=models.F("open_from")), name="visit_forwards"),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.site.code}"
