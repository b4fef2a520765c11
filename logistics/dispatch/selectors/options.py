"""What the food bank has beside a day's facts: vehicles nobody drives that day, places where something could be held or taken instead."""

from __future__ import annotations

from django.db.models import Q

from foodbank.sites.models import Agreement, Site, SiteKind
from logistics.allocation.facts import Day, Place, Van
from logistics.dispatch.models import CallOff, CallOffKind
from logistics.dispatch.planner.fixes import Options
from logistics.dispatch.selectors.facts import place_of
from logistics.fleet.models import Permit, Vehicle
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
    permitted = Permit.objects.valid_on(day.date).values("vehicle_id")
    vehicles = Vehicle.objects.filter(active=True, pk__in=permitted).exclude(shifts__day=day.date).select_related("depot")
    found = []
    for vehicle in vehicles.order_by("pk"):
        depot = vehicle.depot
        if vehicle.pk in out or depot.code not in day.places:
            continue
        place = day.places[depot.code]
        room = (vehicle.ambient_g, vehicle.chilled_g, vehicle.frozen_g)
        found.append(Van(vehicle.code, vehicle.kind, depot.code, (place.opens_s, place.closes_s), room, BREAK_S, vehicle.pk))
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
