"""The food rules as pure functions: what may leave, who may eat it, where it may stand (D5, D6, D10, D11, D13).

Each answers with ``None`` (fine) or a :class:`Refusal` for the caller to raise or show; nothing here reads or writes a table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from foodbank.core.dates import DateMark, format_day
from foodbank.core.errors import Refusal, Text


class AllergenState(StrEnum):
    """D13: three states. Unknown counts as contains for anyone who must avoid it."""

    CONTAINS = "contains"
    FREE = "free"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LotFacts:
    """What the rules look at. Allergens go by their Japanese label name; ``listed`` are those of the list edition that the lot was
    checked against: about any other, a statement says nothing."""

    code: str
    date_mark: str
    last_day: dt.date | None
    held: bool = False
    zone: str = "ambient"
    mixed_box: bool = False
    allergens_stated: bool = True
    contains: frozenset[str] = frozenset()
    listed: frozenset[str] = field(default=frozenset())


_COLDNESS = {"ambient": 0, "chilled": 1, "frozen": 2}


def may_leave(lot: LotFacts, day: dt.date, *, release: dt.date | None = None, releases_on: bool = True) -> Refusal | None:
    """May the lot leave the food bank, or be loaded to leave it, on ``day`` (a day in Japan)?

    Held: no. 消費期限 past: no, whatever anybody wrote (D5). 賞味期限 past: only up to and including ``release``, the last day of a
    release by two people, while the installation has releases switched on (D6). The last valid day itself is still valid.
    The food bank's own keep-by estimate of goods without a date in law forbids nothing.
    """
    if lot.held:
        return Refusal(
            "inventory.held",
            Text(f"ロット{lot.code}は保留中のため出せません。", f"Lot {lot.code} is on hold and cannot leave."),
            params={"lot": lot.code},
        )
    if lot.last_day is None or lot.date_mark == DateMark.NONE or day <= lot.last_day:
        return None
    params = {"lot": lot.code, "last_day": lot.last_day.isoformat(), "day": day.isoformat()}
    shown = format_day(lot.last_day, relative_to=None)
    if lot.date_mark == DateMark.USE_BY:
        return Refusal(
            "inventory.expired_use_by",
            Text(
                f"ロット{lot.code}は消費期限（{shown}）を過ぎています。出せません。",
                f"Lot {lot.code} is past its use-by date ({lot.last_day}) and can never leave.",
            ),
            params=params,
        )
    if releases_on and release is not None and day <= release:
        return None
    return Refusal(
        "inventory.past_best_before",
        Text(
            f"ロット{lot.code}は賞味期限（{shown}）を過ぎています。使用許可がないため出せません。",
            f"Lot {lot.code} is past its best-before date ({lot.last_day}) and has no release valid on {day}.",
        ),
        params=params,
    )


def allergen_state(lot: LotFacts, allergen: str) -> AllergenState:
    """Does the lot contain ``allergen`` (its label name)? Free only if somebody stated so on a list that names it."""
    if allergen in lot.contains:
        return AllergenState.CONTAINS
    if lot.allergens_stated and allergen in lot.listed:
        return AllergenState.FREE
    return AllergenState.UNKNOWN


def unsafe_for(lot: LotFacts, excluded_allergens: Iterable[str]) -> bool:
    """Must people who avoid these allergens not get it? Unknown counts as contains (D13)."""
    return any(allergen_state(lot, name) is not AllergenState.FREE for name in excluded_allergens)


def stricter_zone(item_zone: str, label_zone: str | None) -> str:
    """The colder of the two: the label wins where it is stricter, and never where it is laxer (D11)."""
    if label_zone is None:
        return item_zone
    return max(item_zone, label_zone, key=_COLDNESS.__getitem__)


def zone_allowed(from_zone: str, place_zone: str) -> bool:
    """May goods of (or out of) ``from_zone`` go to a place of ``place_zone``? Never to a warmer one (D11); a place without a zone is
    outside the food bank, where the rule ends."""
    return not place_zone or not from_zone or _COLDNESS[place_zone] >= _COLDNESS[from_zone]


def may_split(lot: LotFacts, *, origin_known: bool) -> Refusal | None:
    """A split lot inherits everything, so everything must be known (D10): date where the law asks for one, allergens, origin."""
    missing = [
        name
        for name, absent in (
            ("last_day", lot.date_mark != DateMark.NONE and lot.last_day is None),
            ("allergens", not lot.allergens_stated),
            ("origin", not origin_known),
            ("label", lot.mixed_box),
        )
        if absent
    ]
    if lot.held:
        return may_leave(lot, dt.date.min)
    if not missing:
        return None
    words = {"last_day": "期限", "allergens": "アレルゲン", "origin": "受入のもと", "label": "個別表示"}
    return Refusal(
        "inventory.incomplete_data",
        Text(
            f"ロット{lot.code}は{'・'.join(words[name] for name in missing)}が分からないため、分けられません。",
            f"Lot {lot.code} cannot be split: {', '.join(missing)} unknown.",
        ),
        params={"lot": lot.code, "missing": missing},
    )


def out_of_turn(taken: dt.date | None, first: dt.date | None) -> bool:
    """D20: is something taken whose last day is later than that of what should go first? Goods without a date go last."""
    return (taken or dt.date.max) > (first or dt.date.max)
