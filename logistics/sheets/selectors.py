"""A day's plan as route sheets."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Min, prefetch_related_objects
from django.utils import timezone

from foodbank.catalog.models import AllergenList, Item, Zone
from foodbank.core.dates import format_food_date
from foodbank.inventory.selectors.labels import lot_allergens
from foodbank.labels.codes import code_url
from foodbank.labels.marks import Allergens
from foodbank.pantry.models import Slot
from foodbank.sites.models import Site
from foodbank.sites.policies import open_part
from logistics.dispatch.models import Plan, PlanStatus, Shipment, Stop
from logistics.dispatch.selectors.plan_view import RouteView, StopView, plan_view
from logistics.fleet.models import Shift
from logistics.sheets.model import Point, RouteSheet, SheetBreak, SheetLine, SheetStop


@dataclass(frozen=True, slots=True)
class _Knowledge:
    """What lines and stops need besides their own rows, read once for the whole plan."""

    numbers: dict[int, int]
    lot_allergens: dict[int, Allergens]
    listed: int
    first_slots: dict[int, dt.time]
    base_url: str


def route_sheets(day: dt.date, *, base_url: str) -> list[RouteSheet]:
    """The sheets of the plan that counts on ``day`` (started, published, else the newest draft), by vehicle; none without a plan.

    The number of queries does not depend on the number of routes, stops or lines.
    """
    plan = Plan.objects.current(day)
    if plan is None:
        return []
    view = plan_view(plan)
    shipments = [shipment for route in view.routes for stop in route.stops for shipment in stop.pick_ups]
    prefetch_related_objects(
        shipments,
        "item__category",
        "item__allergens",
        "lot__item__category",
        "place",
        "offer__donor__site",
        "order_line__order__excluded_allergens",
        "visit",
    )
    lots = {shipment.lot.pk: shipment.lot for shipment in shipments if shipment.lot is not None}
    days = {shipment.pickup_day_id for shipment in shipments if shipment.pickup_day_id is not None}
    slots = Slot.objects.filter(pickup_day__in=days).values_list("pickup_day").annotate(first=Min("start")).order_by()
    known = _Knowledge(
        numbers={stop.stop.pk: stop.number or 0 for route in view.routes for stop in route.stops},
        lot_allergens=lot_allergens(list(lots.values())),
        listed=AllergenList.objects.in_force(day).allergens.count(),
        first_slots=dict(slots),
        base_url=base_url,
    )
    drivers = {
        shift.vehicle_id: shift.driver.get_full_name() or shift.driver.get_username()
        for shift in Shift.objects.filter(day=day, driver__isnull=False).select_related("driver")
        if shift.driver is not None
    }
    dropped = {shipment.pk: shipment for shipment in shipments}
    return [_sheet(plan, route, known, drivers, dropped) for route in view.routes]


def _sheet(plan: Plan, view: RouteView, known: _Knowledge, drivers: dict[int, str], shipments: dict[int, Shipment]) -> RouteSheet:
    route = view.route
    return RouteSheet(
        vehicle_code=route.vehicle.code,
        vehicle_name=route.vehicle.name,
        day=plan.day,
        depart=route.depart,
        back=route.back,
        distance_m=route.distance_m,
        depot_name=view.depot.name,
        depot_latitude=view.depot.latitude,
        depot_longitude=view.depot.longitude,
        stops=tuple(_stop(stop, known, shipments) for stop in view.stops),
        breaks=tuple(SheetBreak(rest.start, rest.end) for rest in view.breaks),
        driver=drivers.get(route.vehicle_id, ""),
        draft=plan.status == PlanStatus.DRAFT,
        begins_at=_point(route.begins_at),
        ends_at=_point(route.ends_at),
    )


def _point(site: Site | None) -> Point | None:
    return Point(site.name, site.latitude, site.longitude) if site is not None else None


def _stop(view: StopView, known: _Knowledge, shipments: dict[int, Shipment]) -> SheetStop:
    stop = view.stop
    # The same shipment comes up at both its stops; only one of the two rows in memory has what was read along.
    picked = [shipments[shipment.pk] for shipment in view.pick_ups]
    dropped = [shipments[shipment.pk] for shipment in view.drop_offs]
    return SheetStop(
        number=view.number or 0,
        site_code=view.site.code,
        name=view.site.name,
        arrive=stop.arrive,
        start=stop.start,
        leave=stop.leave,
        latest_leave=stop.latest_leave,
        latitude=view.site.latitude,
        longitude=view.site.longitude,
        address=view.site.address,
        phone=view.site.phone,
        access_note=view.site.access_note,
        kind_word=view.site.get_kind_display(),
        windows=_windows(stop, picked, dropped),
        visit=(stop.visit.open_from, stop.visit.open_until) if stop.visit else None,
        notes=(*_limits(view.site), *_notes(stop, dropped, known)),
        pick_up=tuple(_line(shipment, known, going=True) for shipment in picked),
        drop_off=tuple(_line(shipment, known, going=False) for shipment in dropped),
        code=stop.code,
        url=code_url(known.base_url, stop.code),
    )


def _limits(site: Site) -> tuple[str, ...]:
    """What the driver has to know before turning in."""
    limits = []
    if site.max_height_cm is not None:
        limits.append(f"高さ {site.max_height_cm} cmまで")
    if site.max_weight_kg is not None:
        limits.append(f"総重量 {site.max_weight_kg:,} kgまで")
    found = [f"車両の制限: {'・'.join(limits)}"] if limits else []
    if site.pause is not None:
        found.append(f"中休み {site.pause[0]:%-H:%M}–{site.pause[1]:%-H:%M}（この間は受け渡しできません）")
    return tuple(found)


def _windows(stop: Stop, picked: list[Shipment], dropped: list[Shipment]) -> tuple[tuple[dt.time, dt.time], ...]:
    found = {(s.offer.ready_from, s.offer.ready_until) for s in picked if s.offer is not None}
    found |= {(s.order_line.order.window_from, s.order_line.order.window_until) for s in dropped if s.order_line is not None}
    if not found:
        return ()
    begins = timezone.localtime(stop.start).time()
    found = {open_part(begin, end, stop.site.pause, begins) for begin, end in found}
    # Everything of the stop at once: what all windows have in common, which a plan that was checked always has.
    common = (max(start for start, _ in found), min(end for _, end in found))
    return (common,) if common[0] <= common[1] else tuple(sorted(found))


def _notes(stop: Stop, dropped: list[Shipment], known: _Knowledge) -> tuple[str, ...]:
    notes: list[str] = []
    for order in {s.order_line.order.pk: s.order_line.order for s in dropped if s.order_line is not None}.values():
        avoided = "・".join(allergen.name for allergen in order.excluded_allergens.all())
        parts = [f"{order.ref}　子ども{order.children}人", f"除去: {avoided}" if avoided else "", order.note]
        notes.append("　".join(part for part in parts if part))
    if stop.visit is None:
        opens = {s.visit.open_from for s in dropped if s.visit is not None}
        notes += [f"移動パントリーの開店 {time:%H:%M} までに届ける" for time in sorted(opens)]
    first = {known.first_slots[s.pickup_day_id] for s in dropped if s.pickup_day_id in known.first_slots}
    notes += [f"受取日の最初の枠 {time:%H:%M} までに届ける" for time in sorted(first)]
    return tuple(notes)


def _line(shipment: Shipment, known: _Knowledge, *, going: bool) -> SheetLine:
    item, lot, offer = shipment.item, shipment.lot, shipment.offer
    if lot is not None:
        allergens, mark = known.lot_allergens[lot.pk], lot.date_mark
        date_text = format_food_date(lot.date_mark, lot.last_day, lot.date_precision, lot.safe_until)
    else:
        allergens, mark = _item_allergens(item, known.listed), item.date_mark
        date_text = format_food_date(mark, offer.last_day, offer.date_precision, offer.safe_until) if offer is not None else ""
    return SheetLine(
        unit=shipment.unit,
        item=item.name,
        quantity=shipment.quantity,
        grams=shipment.grams,
        zone=shipment.zone,
        zone_word=Zone(shipment.zone).label,
        source=lot.code if lot is not None else "",
        shop=offer.donor.site.code if offer is not None else "",
        shelf=shipment.place.code if shipment.place is not None else "",
        order_ref=_purpose(shipment),
        date_mark=mark,
        date_text=date_text,
        allergens=allergens,
        goes_to=known.numbers[shipment.drop_stop_id] if going else None,
    )


def _item_allergens(item: Item, listed: int) -> Allergens:
    names = tuple(allergen.name for allergen in sorted(item.allergens.all(), key=lambda allergen: allergen.pk))
    return Allergens(contains=names, stated=item.allergens_stated, listed=listed if item.category.is_food else 0)


def _purpose(shipment: Shipment) -> str:
    if shipment.order_line is not None:
        return shipment.order_line.order.ref
    if shipment.visit_id is not None:
        return "移動"
    return "受取日" if shipment.pickup_day_id is not None else "倉庫へ"
