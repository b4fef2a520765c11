"""Where goods are, and the counterparts outside that every movement needs (double entry)."""

from __future__ import annotations

from foodbank.accounts.models import User
from foodbank.catalog.models import Zone
from foodbank.core.errors import Refusal, Text
from foodbank.inventory.models import Place, PlaceKind
from foodbank.inventory.models.places import INSIDE, picked_code, receiving_code
from foodbank.sites.models import Site

SPLIT_CODE = "SPLIT"
_OUTSIDE_NAMES = {
    PlaceKind.SUPPLY: "寄付者から",
    PlaceKind.RECIPIENT: "お渡し先",
    PlaceKind.DISCARD: "廃棄",
    PlaceKind.ADJUSTMENT: "棚卸差異",
}


def ensure_place(*, code: str, kind: PlaceKind, actor: User, zone: str = "", site: Site | None = None, name: str = "") -> Place:
    """The place with this code, made if it is not there yet.

    Refuses ``inventory.place_without_zone`` for an inside place without a zone, and ``inventory.place_differs`` when the code is
    taken by a place of another kind or zone (goods may stand there: a place never changes its temperature by being named again).
    """
    if kind in INSIDE and zone not in Zone.values:
        raise Refusal(
            "inventory.place_without_zone",
            Text(f"保管場所「{code}」の温度帯を選んでください。", f"Place {code} needs a temperature zone."),
            params={"place": code},
            status=400,
        )
    place, created = Place.objects.get_or_create(
        code=code, defaults={"kind": kind, "zone": zone if kind in INSIDE else "", "site": site, "name": name}
    )
    if not created and (place.kind != kind or (kind in INSIDE and place.zone != zone)):
        raise Refusal(
            "inventory.place_differs",
            Text(
                f"保管場所「{code}」は{place.get_kind_display()}（{place.get_zone_display() or '温度帯なし'}）として登録済みです。",
                f"Place {code} already exists as {place.kind} {place.zone}.",
            ),
            params={"place": code, "kind": place.kind, "zone": place.zone},
        )
    return place


def ensure_counterpart(*, kind: PlaceKind, actor: User, site: Site | None = None) -> Place:
    """The outside end of a movement: ``SUPPLY``, ``RECIPIENT``, ``DISCARD``, ``ADJUSTMENT``, or that of one site
    (``RECIPIENT/P001``), so that the ledger itself says which organisation got what (D3)."""
    if kind in INSIDE:
        raise ValueError(f"{kind} is inside the food bank")
    code = kind.value.upper() + (f"/{site.code}" if site else "")
    name = f"{_OUTSIDE_NAMES[kind]}" + (f" {site.name}" if site else "")
    return ensure_place(code=code, kind=kind, site=site, name=name[:120], actor=actor)


def ensure_split_place(*, actor: User) -> Place:
    """Where a split lot's units turn into those of its child: empty in grams at all times."""
    return ensure_place(code=SPLIT_CODE, kind=PlaceKind.ADJUSTMENT, name="ロットの分割", actor=actor)


def ensure_vehicle_places(*, vehicle_code: str, zones: tuple[str, ...] = tuple(Zone.values), actor: User) -> dict[str, Place]:
    """The vehicle's places by zone: ``VAN1/ambient``, ``VAN1/chilled``, ``VAN1/frozen``."""
    return {
        zone: ensure_place(
            code=f"{vehicle_code}/{zone}",
            kind=PlaceKind.VEHICLE,
            zone=zone,
            name=f"{vehicle_code} {Zone(zone).label}",
            actor=actor,
        )
        for zone in zones
    }


def ensure_receiving_place(*, site: Site, zone: str, actor: User) -> Place:
    """Where goods of ``zone`` stand at ``site`` until somebody puts them away: ``W01/in-chilled``."""
    return ensure_place(
        code=receiving_code(site, zone),
        kind=PlaceKind.STORAGE,
        zone=zone,
        site=site,
        name=f"受入 {Zone(zone).label}",
        actor=actor,
    )


def ensure_picked_place(*, site: Site, zone: str, actor: User) -> Place:
    """Where goods of ``zone`` stand at ``site`` between the shelf and the vehicle: ``W01/out-chilled``."""
    return ensure_place(
        code=picked_code(site, zone),
        kind=PlaceKind.STORAGE,
        zone=zone,
        site=site,
        name=f"出荷待ち {Zone(zone).label}",
        actor=actor,
    )
