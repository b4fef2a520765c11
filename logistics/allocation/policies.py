"""Who may get what: dates, days left and allergens. One place for the rule, asked by the search and never by the check."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from logistics.allocation.facts import DaysLeftRule, Goods, LineDemand, SiteDemand

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
    if goods.last_day is not None:
        needed = days_needed(rules, channel=channel_of(demand), category=goods.category, zone=goods.zone)
        # Where nobody asks for days, a released date or the food bank's own estimate may have passed (D6).
        may_be_past = not needed and (goods.released or goods.date_mark == "none")
        if not may_be_past and (goods.last_day - day).days < needed:
            return "days_left"
    return None
