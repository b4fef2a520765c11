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
    needed = days_needed(rules, channel=channel_of(demand), category=goods.category, zone=goods.zone)
    if too_few_days(goods.last_day, day=day, needed=needed, may_be_past=goods.released or goods.date_mark == "none"):
        return "days_left"
    return None


def too_few_days(last_day: dt.date | None, *, day: dt.date, needed: int, may_be_past: bool) -> bool:
    """Is ``last_day`` less than ``needed`` days after ``day``? Where nobody asks for days, a released date or the food bank's own
    estimate (``may_be_past``) may have passed (D6)."""
    if last_day is None or (may_be_past and not needed):
        return False
    return (last_day - day).days < needed
