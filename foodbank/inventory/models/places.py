"""Where goods are. Both ends of every movement are places, also those outside the food bank (double entry, R3)."""

from __future__ import annotations

from django.db import models

from foodbank.catalog.models import Zone
from foodbank.sites.models import Site


class PlaceKind(models.TextChoices):
    STORAGE = "storage", "保管場所"
    VEHICLE = "vehicle", "車両"
    SUPPLY = "supply", "寄付者から"  # outside: where goods come from
    RECIPIENT = "recipient", "お渡し先"  # outside: handed over to
    DISCARD = "discard", "廃棄"  # outside
    ADJUSTMENT = "adjustment", "棚卸差異"  # outside: what a count found or missed


_RECEIVING, _PICKED = "in-", "out-"
INSIDE = (PlaceKind.STORAGE, PlaceKind.VEHICLE)


class Place(models.Model):
    """``inside`` places hold goods and can never go below zero; the others are counterparts. ``zone`` is set for inside places;
    a vehicle has one place per zone (``VAN1/chilled``)."""

    code = models.CharField("コード", max_length=40, unique=True)
    name = models.CharField("名称", max_length=120, blank=True)
    kind = models.CharField("種類", max_length=10, choices=PlaceKind)
    zone = models.CharField("温度帯", max_length=10, choices=Zone, blank=True)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="places", verbose_name="場所")
    inside = models.BooleanField(editable=False)
    active = models.BooleanField("使用中", default=True)

    class Meta:
        verbose_name = "保管場所"
        verbose_name_plural = "保管場所"
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(inside=True, kind__in=INSIDE) | (models.Q(inside=False) & ~models.Q(kind__in=INSIDE)),
                name="place_inside_follows_kind",
            ),
            models.CheckConstraint(condition=models.Q(inside=False) | ~models.Q(zone=""), name="place_inside_has_zone"),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def is_receiving(self) -> bool:
        """Whether its code is a :func:`receiving_code`; asks nothing of the database."""
        return self.code.endswith(f"/{_RECEIVING}{self.zone}")

    @property
    def is_picked(self) -> bool:
        """Whether its code is a :func:`picked_code`."""
        return self.code.endswith(f"/{_PICKED}{self.zone}")

    def save(self, *args: object, **kwargs: object) -> None:
        self.inside = self.kind in INSIDE
        super().save(*args, **kwargs)  # type: ignore[arg-type]


def receiving_code(site: Site, zone: str) -> str:
    """The code of the place where goods of ``zone`` stand at ``site`` until they are put away."""
    return f"{site.code}/{_RECEIVING}{zone}"


def picked_code(site: Site, zone: str) -> str:
    """The code of the place where goods of ``zone`` stand at ``site`` between the shelf and the vehicle."""
    return f"{site.code}/{_PICKED}{zone}"
