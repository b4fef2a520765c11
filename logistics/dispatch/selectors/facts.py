"""A day in the database as plain facts for the planner."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

from django.db.models import Q, Sum

from foodbank.catalog.models import Allergen, AllergenList, KeptApart, RideLimit, Zone
from foodbank.core.dates import DateMark
from foodbank.donations.models import Offer
from foodbank.inventory.models import Reservation, ReservationState
from foodbank.inventory.models.places import PlaceKind
from foodbank.inventory.policies import AllergenState, LotFacts, allergen_state, may_leave
from foodbank.inventory.selectors.facts import allergens_by_list
from foodbank.inventory.selectors.stock import StockRow, stock_on
from foodbank.pantry.models import PickupDay
from foodbank.partners.models import Order, OrderStatus
from foodbank.sites.models import Agreement, Site, SiteKind
from logistics.allocation.facts import Day, Goods, LineDemand, Place, RideRule, SiteDemand, Van, VanPermit
from logistics.allocation.selectors.orderable import days_left_rules
from logistics.allocation.selectors.weights import weights_on
from logistics.dispatch.models import CallOff, CallOffKind, MobileVisit, Plan, PlanStatus
from logistics.dispatch.selectors.begun import Onward, now_on, safe_until_s
from logistics.dispatch.selectors.fairness import fills_before
from logistics.dispatch.selectors.hours import driven_s
from logistics.dispatch.selectors.under_way import UnderWay, under_way
from logistics.fleet.models import Permit, Shift
from logistics.fleet.policies import area_name, areas_of, fair_day
from logistics.travel.great_circle import GreatCircle
from logistics.travel.selectors.legs import known_roads
from logistics.travel.selectors.paces import pace_of

GRAMS_PER_HOUSEHOLD = 4_000
MINUTES_5_S = 300
TO_GET_READY_S = 4 * MINUTES_5_S  # to plan, to publish and to load


def day_facts(day: dt.date) -> Day:
    """Everything that is known about ``day``. Goods that another day's plan has reserved are left out; what this day's own plan has
    reserved counts as free, since a new plan would replace it. What has begun is kept with what is theirs, and a vehicle on the road
    goes on from where it is free; those that have not left yet can no longer leave in the past. Of the roads between the places only
    what is kept is there: nobody is asked (``services.roads.with_roads`` does that)."""
    places: dict[str, Place] = {}
    agreed = set(Agreement.objects.valid_on(day).values_list("site_id", flat=True))
    names = list(Allergen.objects.values_list("name", flat=True))
    road = under_way(day)
    goods = [*_shelf(day, names, places, road), *_offers(day, names, agreed, places, road)]
    lines = _lines(day, agreed, places, road)
    sites = [*_visits(day, places, road), *_pickup_days(day, places)]
    for one in road.begun:
        for site in (one.route.vehicle.depot, *(stop.site for stop in one.rows)):
            _place(site, places)
    vans = _vans(day, places, road)
    return Day(
        date=day,
        places=places,
        goods=tuple(goods),
        lines=tuple(lines),
        sites=tuple(sites),
        vans=tuple(vans),
        days_left=days_left_rules(),
        kept=road.kept,
        weights=weights_on(day),
        apart=_apart(day),
        ride_limits=_ride_limits(day),
        roads=known_roads(places, circle=GreatCircle()),
        pace=pace_of(places),
        standing=road.standing,
        plan_id=road.plan.pk if road.plan else None,
    )


def plan_document_ref(plan: Plan) -> str:
    """What the reservations and movements of a plan carry as their document."""
    return f"plan/{plan.pk}"


def _seconds(time: dt.time) -> int:
    return time.hour * 3600 + time.minute * 60 + time.second


def _soonest(day: dt.date) -> int:
    """Seconds of ``day`` at which a vehicle can leave that is told now; 0 on a day that is not today."""
    now = now_on(day)
    return (now + TO_GET_READY_S) // MINUTES_5_S * MINUTES_5_S if now else 0


def place_of(site: Site) -> Place:
    """A site as the planner sees it."""
    return Place(
        site.code,
        site.name,
        site.latitude,
        site.longitude,
        _seconds(site.opens),
        _seconds(site.closes),
        max_height_cm=site.max_height_cm,
        max_weight_kg=site.max_weight_kg,
        area=area_name(site.area),
        permit_class=site.permit_class,
        pause=None if site.pause is None else (_seconds(site.pause[0]), _seconds(site.pause[1])),
    )


def _place(site: Site, places: dict[str, Place]) -> Place:
    if site.code not in places:
        places[site.code] = place_of(site)
    return places[site.code]


def _open_in(place: Place, begin: dt.time, end: dt.time) -> tuple[tuple[int, int], bool]:
    """From when to when ``place`` is open between two times, what lies in its pause cut off at both ends; and whether it is not at all."""
    window = max(_seconds(begin), place.opens_s), min(_seconds(end), place.closes_s)
    parts = place.parts(window)
    return (parts[0][0], parts[-1][1]) if parts else window, not parts


def _apart(day: dt.date) -> frozenset[frozenset[str]]:
    pairs = KeptApart.objects.in_force(day).values_list("first__code", "second__code")
    return frozenset(frozenset(pair) for pair in pairs)


def _ride_limits(day: dt.date) -> tuple[RideRule, ...]:
    rows = RideLimit.objects.in_force(day).select_related("category").order_by("pk")
    return tuple(RideRule(row.category.code if row.category else None, row.zone or None, row.minutes * 60) for row in rows)


def _not_free_of(facts: LotFacts, names: list[str]) -> frozenset[str]:
    return frozenset(name for name in names if allergen_state(facts, name) is not AllergenState.FREE)


def _shelf(day: dt.date, names: list[str], places: dict[str, Place], road: UnderWay) -> list[Goods]:
    own_plans = Plan.objects.filter(day=day, status__in=(PlanStatus.PUBLISHED, PlanStatus.STARTED))
    ours = {
        (row["lot_id"], row["place_id"]): row["units"]
        for row in Reservation.objects.filter(
            Q(document__in=[plan_document_ref(plan) for plan in own_plans]) | Q(pk__in=road.open_reservations),
            state=ReservationState.HELD,
        )
        .exclude(pk__in=road.reservations)
        .values("lot_id", "place_id")
        .annotate(units=Sum("quantity"))
    }
    found = []
    for row in stock_on(day, kinds=(PlaceKind.STORAGE,)):
        free = row.free + ours.get((row.lot.pk, row.place.pk), 0)
        site = row.place.site
        if free <= 0 or site is None or site.kind != SiteKind.DEPOT:
            continue  # what stands at a venue is its pickup day's
        found.append(shelf_goods(row, site=_place(site, places).code, free=free, names=names, day=day))
    return found


def shelf_goods(row: StockRow, *, site: str, free: int, names: list[str], day: dt.date) -> Goods:
    """``free`` units of a lot on a shelf at ``site``, as judged for ``day``; ``names`` are the allergens that there are."""
    item = row.lot.item
    return Goods(
        key=f"lot/{row.lot.pk}/{row.place.pk}",
        site=site,
        gtin=item.gtin,
        name=item.name,
        category=item.category.code,
        is_food=item.category.is_food,
        zone=row.lot.zone,
        quantity=free,
        unit_g=row.lot.unit_weight_g,
        last_day=row.lot.last_day,
        date_mark=row.lot.date_mark,
        allergens=_not_free_of(row.facts, names),
        for_households=not row.lot.mixed_box,
        lot_id=row.lot.pk,
        place_id=row.place.pk,
        blocked=row.blocked.code if row.blocked else None,
        released=row.released,
        safe_until_s=safe_until_s(row.lot, day),
    )


def _offers(day: dt.date, names: list[str], agreed: set[int], places: dict[str, Place], road: UnderWay) -> list[Goods]:
    edition = AllergenList.objects.in_force(day)
    listed = allergens_by_list([edition.pk])[edition.pk]
    found = []
    for offer in (
        Offer.objects.open_on(day)
        .select_related("donor__site", "item__category")
        .prefetch_related("item__allergens")
        .order_by("donor__site__code", "item__gtin", "pk")
    ):
        left = offer.quantity - road.offer_units.get(offer.pk, 0)
        if left <= 0:
            continue
        place = _place(offer.donor.site, places)
        has = offer.donor.site_id in agreed
        found.append(offer_goods(offer, place=place, left=left, agreed=has, names=names, listed=listed, day=day))
    return found


def offer_goods(
    offer: Offer, *, place: Place, left: int, agreed: bool, names: list[str], listed: frozenset[str], day: dt.date
) -> Goods:
    """``left`` units of what a shop offers, as judged for ``day``. ``agreed``: its agreement is valid (D1); ``listed`` is the allergen list
    in force."""
    item = offer.item
    window, closed = _open_in(place, offer.ready_from, offer.ready_until)
    facts = LotFacts(
        code=offer.ref,
        date_mark=item.date_mark,
        last_day=offer.last_day,
        zone=item.zone,
        allergens_stated=item.allergens_stated,
        contains=frozenset(a.name for a in item.allergens.all()),
        listed=listed,
    )
    refusal = may_leave(facts, day)
    blocked = refusal.code if refusal else None
    if not agreed:
        blocked = "no_agreement"
    elif closed:
        blocked = "closed"
    elif item.date_mark != DateMark.NONE and offer.last_day is None:
        blocked = "no_date"
    return Goods(
        key=f"offer/{offer.pk}",
        site=place.code,
        gtin=item.gtin,
        name=item.name,
        category=item.category.code,
        is_food=item.category.is_food,
        zone=item.zone,
        quantity=left,
        unit_g=item.unit_weight_g,
        last_day=offer.last_day,
        date_mark=item.date_mark,
        allergens=_not_free_of(facts, names),
        window=window,
        offer_id=offer.pk,
        blocked=blocked,
        safe_until_s=safe_until_s(offer, day),
    )


def _lines(day: dt.date, agreed: set[int], places: dict[str, Place], road: UnderWay) -> list[LineDemand]:
    """Orders that want food; of a day under way also those that have got theirs, which ask for no more than that."""
    found = []
    brought: Counter[str] = Counter()
    for kept in road.kept:
        brought.update(kept.brings)
    fills = fills_before(day)
    wanted = Q(status=OrderStatus.PLACED)
    if brought:
        wanted |= Q(status=OrderStatus.DELIVERED)
    orders = (
        Order.objects.filter(wanted, delivery_date=day)
        .select_related("partner__site")
        .prefetch_related("lines__category", "lines__item", "excluded_allergens")
        .order_by("ref")
    )
    for order in orders:
        site = order.partner.site
        place = _place(site, places)
        window, closed = _open_in(place, order.window_from, order.window_until)
        blocked = None
        if site.pk not in agreed:
            blocked = "no_agreement"
        elif closed:
            blocked = "closed"
        excluded = frozenset(a.name for a in order.excluded_allergens.all())
        for line in order.lines.all():
            what = line.category.code if line.category else line.item.gtin if line.item else ""
            key = f"{order.ref}/{what}"
            asked_g = line.asked_g if order.status == OrderStatus.PLACED else brought[key]
            if not asked_g:
                continue
            found.append(
                LineDemand(
                    key=key,
                    order=order.ref,
                    site=site.code,
                    window=window,
                    children=order.children,
                    excluded=excluded,
                    asked_g=asked_g,
                    category=line.category.code if line.category else None,
                    gtin=line.item.gtin if line.item else None,
                    line_id=line.pk,
                    blocked=blocked,
                    had_rate=fills[site.pk].rate if site.pk in fills else 1.0,
                )
            )
    return found


def _visits(day: dt.date, places: dict[str, Place], road: UnderWay) -> list[SiteDemand]:
    """The car that was settled for a visit is, unless another one is on its way there already."""
    taken = {
        key: kept.vehicle
        for kept in road.kept
        for key in (*kept.visits, *kept.ahead, *(unit.demand for unit in kept.aboard if unit.demand is not None))
    }
    found = []
    for visit in MobileVisit.objects.filter(day=day).select_related("site", "vehicle").order_by("site__code", "open_from"):
        key, car = f"visit/{visit.pk}", visit.vehicle.code if visit.vehicle is not None else ""
        found.append(
            SiteDemand(
                key=key,
                kind="visit",
                site=_place(visit.site, places).code,
                open_from_s=_seconds(visit.open_from),
                open_until_s=_seconds(visit.open_until),
                households=visit.expected_households,
                asked_g=GRAMS_PER_HOUSEHOLD * visit.expected_households,
                row_id=visit.pk,
                vehicle=car if taken.get(key, car) == car else "",
            )
        )
    return found


def _pickup_days(day: dt.date, places: dict[str, Place]) -> list[SiteDemand]:
    found = []
    for row in (
        PickupDay.objects.filter(day=day, call_off__isnull=True).with_figures().select_related("site").order_by("site__code")
    ):
        if not row.places:
            continue
        found.append(
            SiteDemand(
                key=f"pickup/{row.pk}",
                kind="pickup_day",
                site=_place(row.site, places).code,
                open_from_s=_seconds(row.first_slot),
                open_until_s=_seconds(row.last_slot),
                households=row.places,
                asked_g=GRAMS_PER_HOUSEHOLD * row.places,
                row_id=row.pk,
            )
        )
    return found


def _vans(day: dt.date, places: dict[str, Place], road: UnderWay) -> list[Van]:
    """Vehicles with a shift and a permit that day (D17) that nobody has called off: those that have not left, and those on the road from
    where they are free."""
    permits: dict[int, list[VanPermit]] = defaultdict(list)
    for permit in Permit.objects.valid_on(day).order_by("pk"):
        permits[permit.vehicle_id].append(VanPermit(permit.permit_class, areas_of(permit.area)))
    away = {route.vehicle_id for route in road.routes} - set(road.onward)
    away |= set(CallOff.objects.standing(day).filter(kind=CallOffKind.VEHICLE).values_list("vehicle_id", flat=True))
    now, soonest = (now_on(day), _soonest(day)) if road.kept else (0, 0)
    found = []
    shifts = list(
        Shift.objects.filter(day=day, vehicle__active=True)
        .select_related("vehicle__depot", "begins_at", "ends_at")
        .order_by("vehicle__pk")
    )
    fair = _fair(day, shifts)
    for shift in shifts:
        vehicle = shift.vehicle
        if vehicle.pk not in permits or vehicle.pk in away:
            continue
        way = road.onward.get(vehicle.pk)
        about_to_leave = now <= road.departs.get(vehicle.code, 0) < soonest
        earliest = road.departs[vehicle.code] if about_to_leave else soonest
        start, end = max(_seconds(shift.start), earliest), _seconds(shift.end)
        if way is not None:
            start, end = way.free_s, max(end, way.free_s)  # one that is late has to come home all the same
        elif start >= end:
            continue
        room = dict(zip(Zone.values, (vehicle.ambient_g, vehicle.chilled_g, vehicle.frozen_g), strict=True))
        spare = way.spare_g if way is not None else {}
        found.append(
            Van(
                code=vehicle.code,
                kind=vehicle.kind,
                depot=_place(vehicle.depot, places).code,
                shift=(start, end),
                capacity_g=tuple(max(0, grams - spare.get(zone, 0)) for zone, grams in room.items()),  # type: ignore[arg-type]
                break_s=0 if way is not None and way.rested else shift.break_minutes * 60,
                vehicle_id=vehicle.pk,
                max_stops=_stops_left(vehicle.max_stops, way),
                yen_per_km=vehicle.yen_per_km,
                yen_per_day=vehicle.yen_per_day,
                height_cm=vehicle.height_cm,
                weight_kg=vehicle.weight_kg,
                permits=tuple(permits[vehicle.pk]),
                begins_at=_place(shift.begins_at, places).code if shift.begins_at else "",
                ends_at=_place(shift.ends_at, places).code if shift.ends_at else "",
                fair_s=fair[shift.pk][0] if shift.pk in fair else None,
                cost_per_s_over_fair=fair[shift.pk][1] if shift.pk in fair else 0,
                stands_at=way.site if way is not None else None,
                begun_s=way.begun_s if way is not None else None,
            )
        )
    return found


def _fair(day: dt.date, shifts: list[Shift]) -> dict[int, tuple[int, int]]:
    """By shift with a driver: seconds of a day that are fair, and the price of a second more (none when nobody else drives)."""
    drivers = {shift.driver_id for shift in shifts if shift.driver_id is not None}
    driven = driven_s(drivers, before=day) if len(drivers) > 1 else Counter[int]()
    of_all = [driven[driver] for driver in sorted(drivers)]
    found = {}
    for shift in shifts:
        if shift.driver_id is not None:
            share = fair_day(driven[shift.driver_id], of_all, _seconds(shift.end) - _seconds(shift.start))
            if share is not None:
                found[shift.pk] = share
    return found


def _stops_left(most: int | None, way: Onward | None) -> int | None:
    """How often a vehicle may still stop away from its depot."""
    return most if most is None or way is None else max(0, most - way.stops)
