"""What the food bank has beside a day's facts: vehicles nobody drives that day, places where something could be held or taken instead."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Q

from foodbank.sites.models import Agreement, Site, SiteKind
from logistics.allocation.facts import Day, Place, Van, VanPermit
from logistics.dispatch.models import CallOff, CallOffKind
from logistics.dispatch.planner.fixes import Options
from logistics.dispatch.selectors.facts import place_of
from logistics.fleet.models import Permit, Vehicle
from logistics.fleet.policies import areas_of
from logistics.travel.great_circle import great_circle_m

NEAR_M = 10_000
MOST_PLACES = 5
BREAK_S = 45 * 60


def options_of(day: Day) -> Options:
    """The options for ``day``. Three queries at most, whatever the day holds."""
    return Options(idle=_idle(day), elsewhere=_elsewhere(day))


def _idle(day: Day) -> tuple[Van, ...]:
    """Vehicles with a permit valid that day and without a shift, for as long as their depot is open."""
    out = set(CallOff.objects.standing(day.date).filter(kind=CallOffKind.VEHICLE).values_list("vehicle_id", flat=True))
    permits: dict[int, list[VanPermit]] = defaultdict(list)
    for permit in Permit.objects.valid_on(day.date).order_by("pk"):
        permits[permit.vehicle_id].append(VanPermit(permit.permit_class, areas_of(permit.area)))
    vehicles = Vehicle.objects.filter(active=True, pk__in=permits).exclude(shifts__day=day.date).select_related("depot")
    found = []
    for vehicle in vehicles.order_by("pk"):
        if vehicle.pk in out or vehicle.depot.code not in day.places:
            continue
        place = day.places[vehicle.depot.code]
        found.append(
            Van(
                code=vehicle.code,
                kind=vehicle.kind,
                depot=place.code,
                shift=(place.opens_s, place.closes_s),
                capacity_g=(vehicle.ambient_g, vehicle.chilled_g, vehicle.frozen_g),
                break_s=BREAK_S,
                vehicle_id=vehicle.pk,
                max_stops=vehicle.max_stops,
                yen_per_km=vehicle.yen_per_km,
                yen_per_day=vehicle.yen_per_day,
                height_cm=vehicle.height_cm,
                weight_kg=vehicle.weight_kg,
                permits=tuple(permits[vehicle.pk]),
            )
        )
    return tuple(found)


def _elsewhere(day: Day) -> dict[str, tuple[Place, ...]]:
    """Per visit and pickup day the nearest other places of its kind that are not used that day; per order the nearest places where
    somebody is there in its time and may take food (D1): partners with an agreement, and venues of the food bank."""
    found: dict[str, tuple[Place, ...]] = {}
    agreed = Q(kind=SiteKind.PARTNER, pk__in=Agreement.objects.valid_on(day.date).values("site_id"))
    sites = list(Site.objects.filter(active=True).filter(Q(kind__in=(SiteKind.MOBILE, SiteKind.VENUE)) | agreed).order_by("code"))
    kinds = {"visit": SiteKind.MOBILE, "pickup_day": SiteKind.VENUE}
    for demand in day.sites:
        free = [s for s in sites if s.kind == kinds[demand.kind] and s.code not in day.places]
        found[demand.key] = _nearest(day.places[demand.site], free)
    takers = [s for s in sites if s.kind != SiteKind.MOBILE]
    for line in day.lines:
        if line.order not in found:
            near = _nearest(day.places[line.site], [s for s in takers if s.code != line.site])
            found[line.order] = tuple(p for p in near if max(p.opens_s, line.window[0]) < min(p.closes_s, line.window[1]))
    return found


def _nearest(place: Place, sites: list[Site]) -> tuple[Place, ...]:
    def metres(site: Site) -> float:
        return great_circle_m(place.latitude, place.longitude, site.latitude, site.longitude)

    near = sorted((s for s in sites if metres(s) <= NEAR_M), key=lambda s: (metres(s), s.code))
    return tuple(place_of(site) for site in near[:MOST_PLACES])
