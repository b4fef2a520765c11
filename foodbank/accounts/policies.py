"""What a role may be given for: where, and how long."""

from __future__ import annotations

import datetime as dt
import unicodedata

import jaconv

from foodbank.accounts.roles import Role
from foodbank.core.errors import Text

LONGEST_DAYS = 366
"""A role ends by itself after a year at the latest (P7); somebody renews it, or it is gone."""

# Kinds of site (values of sites.SiteKind) where a role is given by place; the others hold everywhere.
SITE_KINDS: dict[Role, frozenset[str]] = {
    Role.WAREHOUSE: frozenset({"depot"}),
    Role.DRIVER: frozenset({"depot"}),
    Role.RECEPTION: frozenset({"venue", "mobile"}),
    Role.PARTNER: frozenset({"partner"}),
}
BY_DAY = (Role.WAREHOUSE, Role.DRIVER, Role.RECEPTION)
"""The roles that a day's code gives."""
BY_ADMINISTRATOR = frozenset({Role.REGISTRAR})
"""Who opens contact data is decided by an administrator, so that one coordinator's lost phone does not open them."""
JOINING = ":day-code"
"""What wrong codes are counted under instead of a user name; no user name has a colon."""


def place_fault(role: Role, site_kind: str | None, *, needed: bool) -> Text | None:
    """Why ``role`` cannot be given at a site of that kind (``None``: everywhere)."""
    kinds = SITE_KINDS.get(role, frozenset())
    if site_kind is None:
        if needed:
            return Text("場所を選んでください。", "Choose a place.")
        return None
    if site_kind in kinds:
        return None
    if not kinds:
        return Text(
            "この役割はすべての場所で働きます。場所は空けてください。", "This role holds everywhere; leave the place empty."
        )
    return Text(
        "この役割を置けない種類の場所です。ほかの場所を選んでください。", "This role is not given at a place of that kind."
    )


def grant_faults(
    *, role: Role, site_kind: str | None, valid_from: dt.date, valid_until: dt.date, today: dt.date
) -> dict[str, Text]:
    """Why a role cannot be given like that, by field; empty when it can."""
    faults: dict[str, Text] = {}
    wrong_place = place_fault(role, site_kind, needed=role == Role.PARTNER)
    if wrong_place is not None:
        faults["site"] = wrong_place
    until = until_fault(valid_from=valid_from, valid_until=valid_until, today=today)
    if until is not None:
        faults["valid_until"] = until
    return faults


def until_fault(*, valid_from: dt.date, valid_until: dt.date, today: dt.date) -> Text | None:
    if valid_until < valid_from:
        return Text("終了日は開始日より後にしてください。", "The last day cannot be before the first.")
    if valid_until < today:
        return Text(
            "終了日が過ぎています。今日か、それより後の日にしてください。", "The last day has passed; choose today or later."
        )
    if (valid_until - max(valid_from, today)).days > LONGEST_DAYS:
        return Text(
            f"役割は長くて{LONGEST_DAYS}日です。終わるころに延ばせます。",
            f"A role lasts {LONGEST_DAYS} days at most; it can be renewed.",
        )
    return None


def shown_name(typed: str) -> str:
    """A name as it is kept: one space between its parts, half-width letters."""
    return " ".join(unicodedata.normalize("NFKC", typed).split())


def name_key(typed: str) -> str:
    """The same for every way of typing one name: spaces, width, case, hiragana or katakana."""
    return jaconv.hira2kata(shown_name(typed).replace(" ", "").casefold())[:80]
