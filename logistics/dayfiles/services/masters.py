"""Shops, partners, places, products and vehicles as a day's files name them: made, or brought up to date."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from foodbank.accounts.models import User
from foodbank.catalog.models import Allergen, Category, Item
from foodbank.core.units import grams_from_kg
from foodbank.donations.models import Donor
from foodbank.partners.models import Partner
from foodbank.sites.models import Agreement, Site, SiteKind
from logistics.dayfiles.rows import ItemRow, SiteRow, VehicleRow
from logistics.fleet.models import Permit, PermitClass, Shift, Vehicle, VehicleKind

_BATCH = 500
_NOTE = "一日のデータの取込み"


def save_sites(*, rows: Sequence[SiteRow], day: dt.date, actor: User) -> dict[str, Site]:
    """Every row's site by code, with its donor or partner side and an agreement that is valid on ``day``."""
    known = Site.objects.in_bulk([row.code for row in rows], field_name="code")
    new, old = [], []
    for row in rows:
        site = known.get(row.code) or Site(code=row.code, kind=row.kind.value)
        site.name, site.address = row.name, row.address
        site.latitude, site.longitude = float(row.latitude), float(row.longitude)
        site.opens, site.closes = row.opens, row.closes
        (new if site.pk is None else old).append(site)
    Site.objects.bulk_create(new, batch_size=_BATCH)
    fields = ["name", "address", "latitude", "longitude", "opens", "closes"]
    Site.objects.bulk_update(old, fields, batch_size=_BATCH)
    sites = {site.code: site for site in [*new, *old]}
    _save_sides(sites.values(), day=day)
    return sites


def _save_sides(sites: Iterable[Site], *, day: dt.date) -> None:
    donors = [site for site in sites if site.kind == SiteKind.DONOR]
    partners = [site for site in sites if site.kind == SiteKind.PARTNER]
    Donor.objects.bulk_create([Donor(site=site) for site in donors], ignore_conflicts=True, batch_size=_BATCH)
    Partner.objects.bulk_create([Partner(site=site) for site in partners], ignore_conflicts=True, batch_size=_BATCH)
    agreed = set(Agreement.objects.valid_on(day).values_list("site_id", flat=True))
    Agreement.objects.bulk_create(
        [
            Agreement(site=site, valid_from=day, valid_until=day, note=_NOTE)
            for site in [*donors, *partners]
            if site.pk not in agreed
        ],
        batch_size=_BATCH,
    )


def save_items(*, rows: Sequence[ItemRow], actor: User) -> None:
    """Every row's item. An empty allergen cell states that none of the listed allergens is contained."""
    categories = Category.objects.in_bulk([row.category for row in rows], field_name="code")
    allergens = Allergen.objects.in_bulk([name for row in rows for name in row.allergens], field_name="name")
    known = Item.objects.in_bulk([row.gtin for row in rows], field_name="gtin")
    new, old = [], []
    for row in rows:
        item = known.get(row.gtin) or Item(gtin=row.gtin)
        item.name, item.category = row.name, categories[row.category]
        item.zone, item.date_mark = row.zone.value, row.date_mark.value
        item.unit_weight_g, item.allergens_stated = row.unit_weight_g, True
        (new if item.pk is None else old).append(item)
    Item.objects.bulk_create(new, batch_size=_BATCH)
    fields = ["name", "category", "zone", "date_mark", "unit_weight_g", "allergens_stated"]
    Item.objects.bulk_update(old, fields, batch_size=_BATCH)
    items = {item.gtin: item for item in [*new, *old]}
    through = Item.allergens.through
    wanted = {(items[row.gtin].pk, allergens[name].pk) for row in rows for name in row.allergens}
    there = {
        (item_id, allergen_id): pk
        for pk, item_id, allergen_id in through.objects.filter(item__in=old).values_list("pk", "item_id", "allergen_id")
    }
    through.objects.filter(pk__in=[pk for pair, pk in there.items() if pair not in wanted]).delete()
    through.objects.bulk_create(
        [through(item_id=item, allergen_id=allergen) for item, allergen in sorted(wanted - there.keys())], batch_size=_BATCH
    )


def save_vehicles(*, rows: Sequence[VehicleRow], day: dt.date, actor: User) -> None:
    """Every row's vehicle with its shift on ``day`` and a permit that is valid that day."""
    depots = Site.objects.in_bulk([row.depot_code for row in rows], field_name="code")
    known = Vehicle.objects.in_bulk([row.code for row in rows], field_name="code")
    new, old = [], []
    for row in rows:
        vehicle = known.get(row.code) or Vehicle(code=row.code)
        vehicle.name, vehicle.kind, vehicle.depot = row.name, row.kind.value, depots[row.depot_code]
        vehicle.ambient_g = grams_from_kg(row.ambient_kg)
        vehicle.chilled_g = grams_from_kg(row.chilled_kg)
        vehicle.frozen_g = grams_from_kg(row.frozen_kg)
        (new if vehicle.pk is None else old).append(vehicle)
    Vehicle.objects.bulk_create(new, batch_size=_BATCH)
    Vehicle.objects.bulk_update(old, ["name", "kind", "depot", "ambient_g", "chilled_g", "frozen_g"], batch_size=_BATCH)
    vehicles = {vehicle.code: vehicle for vehicle in [*new, *old]}
    permitted = set(Permit.objects.valid_on(day).values_list("vehicle_id", flat=True))
    Permit.objects.bulk_create(
        [_permit(vehicle, day) for vehicle in vehicles.values() if vehicle.pk not in permitted], batch_size=_BATCH
    )
    Shift.objects.bulk_create(
        [
            Shift(vehicle=vehicles[row.code], day=day, start=row.shift_start, end=row.shift_end, break_minutes=row.break_minutes)
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["vehicle", "day"],
        update_fields=["start", "end", "break_minutes"],
        batch_size=_BATCH,
    )


def _permit(vehicle: Vehicle, day: dt.date) -> Permit:
    """Kitchen cars get a class and, as their area, the municipality of their depot."""
    permit = Permit(vehicle=vehicle, valid_from=day, valid_until=day)
    if vehicle.kind == VehicleKind.KITCHEN_CAR:
        permit.permit_class = PermitClass.L80
        permit.area = municipality(vehicle.depot.address)[:100]
    return permit


def municipality(address: str) -> str:
    """The city, ward, town or village that an address begins with, or ``管内`` where it does not say."""
    match = re.match(r"(?:.{2,3}[都道府県])?(.+?[市区町村])", address)
    return match[1] if match else "管内"
