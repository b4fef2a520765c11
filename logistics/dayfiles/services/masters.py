"""Shops, partners, places, products and vehicles as a day's files name them: made, or brought up to date."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from foodbank.accounts.models import User
from foodbank.catalog.models import Allergen, Category
from foodbank.catalog.services.items import ItemData, put_items
from foodbank.core.units import grams_from_kg
from foodbank.donations.services.donors import ensure_donors
from foodbank.partners.services.partners import ensure_partners
from foodbank.sites.models import PermitClass, Site, SiteKind
from foodbank.sites.services.agreements import ensure_agreements
from foodbank.sites.services.sites import Pause, SiteData, put_sites
from logistics.dayfiles.rows import ItemRow, SiteRow, VehicleRow
from logistics.fleet.services.vehicles import ShiftData, VehicleCosts, VehicleData, ensure_permits, put_vehicles, set_shifts

_NOTE = "一日のデータの取込み"


def save_sites(*, rows: Sequence[SiteRow], day: dt.date, actor: User) -> dict[str, Site]:
    """Every row's site by code, with its donor or partner side and an agreement that is valid on ``day``."""
    sites = put_sites(
        sites=[
            SiteData(
                code=row.code,
                name=row.name,
                kind=row.kind,
                latitude=float(row.latitude),
                longitude=float(row.longitude),
                opens=row.opens,
                closes=row.closes,
                address=row.address,
                active=True,
                pause=None if row.pause_from is None else Pause(row.pause_from, row.pause_until),
            )
            for row in rows
        ],
        actor=actor,
    )
    donors = [site for site in sites.values() if site.kind == SiteKind.DONOR]
    partners = [site for site in sites.values() if site.kind == SiteKind.PARTNER]
    ensure_donors(sites=donors, actor=actor)
    ensure_partners(sites=partners, actor=actor)
    ensure_agreements(sites=[*donors, *partners], day=day, note=_NOTE, actor=actor)
    return sites


def save_items(*, rows: Sequence[ItemRow], actor: User) -> None:
    """Every row's item. An empty allergen cell states that none of the listed allergens is contained."""
    categories = Category.objects.in_bulk(field_name="code")
    allergens = Allergen.objects.in_bulk(field_name="name")
    put_items(
        items=[
            ItemData(
                gtin=row.gtin,
                name=row.name,
                category=categories[row.category],
                zone=row.zone,
                date_mark=row.date_mark,
                unit_weight_g=row.unit_weight_g,
                allergens=[allergens[name] for name in row.allergens],
                allergens_stated=True,
                active=True,
            )
            for row in rows
        ],
        actor=actor,
    )


def save_vehicles(*, rows: Sequence[VehicleRow], day: dt.date, depots: Mapping[str, Site], actor: User) -> None:
    """Every row's vehicle with its shift on ``day`` and a permit valid that day; a kitchen car's is for its depot's municipality."""
    vehicles = put_vehicles(
        vehicles=[
            VehicleData(
                code=row.code,
                name=row.name,
                kind=row.kind,
                depot=depots[row.depot_code],
                ambient_g=grams_from_kg(row.ambient_kg),
                chilled_g=grams_from_kg(row.chilled_kg),
                frozen_g=grams_from_kg(row.frozen_kg),
                costs=VehicleCosts(yen_per_km=row.yen_per_km, yen_per_day=row.yen_per_day),
                active=True,
            )
            for row in rows
        ],
        actor=actor,
    )
    set_shifts(
        day=day,
        shifts=[
            ShiftData(vehicle=vehicles[row.code], start=row.shift_start, end=row.shift_end, break_minutes=row.break_minutes)
            for row in rows
        ],
        actor=actor,
    )
    areas = {vehicle: municipality(vehicle.depot.address) for vehicle in vehicles.values()}
    ensure_permits(day=day, areas=areas, permit_class=PermitClass.L80, actor=actor)


def municipality(address: str) -> str:
    """The city, ward, town or village that an address begins with, or ``管内`` where it does not say."""
    match = re.match(r"(?:.{2,3}[都道府県])?(.+?[市区町村])", address)
    return match[1][:100] if match else "管内"
