"""Who may get what, and which vehicle may carry it and go there: dates, days left, allergens, safe times, access, permits. One place for
the rules, asked by the search and never by the check."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from logistics.allocation.facts import DaysLeftRule, Goods, LineDemand, Place, RideRule, SiteDemand, Van

PERMIT_CLASSES = ("", "40L", "80L", "200L")  # ascending: a higher one will do where a lower one is asked for
PARTNER, HOME_PARCEL, SAME_DAY = "partner", "home_parcel", "same_day"


def days_needed(rules: Iterable[DaysLeftRule], *, channel: str, category: str, zone: str) -> int:
    """Days that must remain (D7); the most specific row wins: category and zone, category, zone, neither. No row: 0."""
    best, days = -1, 0
    for rule in rules:
        if rule.channel != channel or rule.category not in (None, category) or rule.zone not in (None, zone):
            continue
        rank = 2 * (rule.category is not None) + (rule.zone is not None)
        if rank > best:
            best, days = rank, rule.days
    return days


def channel_of(demand: LineDemand | SiteDemand) -> str:
    if isinstance(demand, LineDemand):
        return PARTNER
    return SAME_DAY if demand.kind == "visit" else HOME_PARCEL


def refused_because(goods: Goods, demand: LineDemand | SiteDemand, *, day: dt.date, rules: Iterable[DaysLeftRule]) -> str | None:
    """Code of the rule that keeps ``goods`` from ``demand``, or ``None`` when it may go there."""
    if goods.blocked:
        return goods.blocked
    if isinstance(demand, LineDemand):
        if demand.gtin is not None:
            if goods.gtin != demand.gtin:
                return "other_item"
        elif goods.category != demand.category:
            return "other_category"
        if goods.unsafe_for(demand.excluded):
            return "allergen"
    elif not goods.is_food:
        return "not_food"
    elif not goods.for_households:
        return "mixed_box"
    needed = days_needed(rules, channel=channel_of(demand), category=goods.category, zone=goods.zone)
    if too_few_days(goods.last_day, day=day, needed=needed, may_be_past=goods.released or goods.date_mark == "none"):
        return "days_left"
    gone_off = goods.safe_until_s is not None and goods.safe_until_s < needed_until(demand)
    return "safe_until" if gone_off else None


def needed_until(demand: LineDemand | SiteDemand) -> int:
    """Until when goods have to be safe, in seconds of the day: a partner takes them at the beginning of its window at the earliest; at a
    visit or a pickup day people come until it closes."""
    return demand.window[0] if isinstance(demand, LineDemand) else demand.open_until_s


def longest_ride_s(rules: Iterable[RideRule], *, category: str, zone: str) -> int | None:
    """Seconds that such goods may be on board; of several rows that fit, the shortest counts. ``None``: no limit."""
    return min((rule.seconds for rule in rules if rule.category in (None, category) and rule.zone in (None, zone)), default=None)


def low_enough(van: Van, place: Place) -> bool:
    return place.max_height_cm is None or (van.height_cm is not None and van.height_cm <= place.max_height_cm)


def light_enough(van: Van, place: Place) -> bool:
    return place.max_weight_kg is None or (van.weight_kg is not None and van.weight_kg <= place.max_weight_kg)


def may_stand(van: Van, place: Place) -> bool:
    """Has ``van`` one permit that holds for the place's area and is of its class or a higher one (D17)?"""
    if not place.area and not place.permit_class:
        return True
    needed = PERMIT_CLASSES.index(place.permit_class)
    return any(
        PERMIT_CLASSES.index(permit.permit_class) >= needed and (not place.area or not permit.areas or place.area in permit.areas)
        for permit in van.permits
    )


def too_few_days(last_day: dt.date | None, *, day: dt.date, needed: int, may_be_past: bool) -> bool:
    """Is ``last_day`` less than ``needed`` days after ``day``? Where nobody asks for days, a released date or the food bank's own
    estimate (``may_be_past``) may have passed (D6)."""
    if last_day is None or (may_be_past and not needed):
        return False
    return (last_day - day).days < needed
