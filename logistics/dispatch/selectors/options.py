"""What the food bank has beside a day's facts: vehicles nobody drives that day, places where a visit could be held instead."""

from __future__ import annotations

from foodbank.sites.models import Site, SiteKind
from logistics.allocation.facts import Day, Place, Van
from logistics.dispatch.models import CallOff, CallOffKind
from logistics.dispatch.planner.fixes import Options
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
    """Per visit and pickup day the nearest other places of its kind that are not used that day."""
    if not day.sites:
        return {}
    kinds = {"visit": SiteKind.MOBILE, "pickup_day": SiteKind.VENUE}
    free = list(Site.objects.filter(active=True, kind__in=kinds.values()).exclude(code__in=day.places).order_by("code"))
    return {
        demand.key: _nearest(day.places[demand.site], [s for s in free if s.kind == kinds[demand.kind]]) for demand in day.sites
    }


def _nearest(place: Place, sites: list[Site]) -> tuple[Place, ...]:
    def metres(site: Site) -> float:
        return great_circle_m(place.latitude, place.longitude, site.latitude, site.longitude)

    near = sorted((s for s in sites if metres(s) <= NEAR_M), key=lambda s: (metres(s), s.code))
    return tuple(
        Place(
            s.code,
            s.name,
            s.latitude,
            s.longitude,
            s.opens.hour * 3600 + s.opens.minute * 60,
            s.closes.hour * 3600 + s.closes.minute * 60,
        )
        for s in near[:MOST_PLACES]
    )
