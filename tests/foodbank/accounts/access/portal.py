from __future__ import annotations

import uuid
from typing import Any

from foodbank.accounts.models import Role
from foodbank.partners.models import Partner
from tests.factories import PartnerFactory, a_key, an_order
from tests.factories.deliveries import a_delivery
from tests.foodbank.accounts.access.table import Person, Row, roles

OURS = roles(Role.PARTNER)
NOBODYS = ["P000", uuid.UUID(int=7)]


def _partner(who: Person) -> Partner:
    return Partner.objects.get(site=who.site)


def mine(who: Person) -> list[Any]:
    return [_partner(who).site.code]


def theirs(who: Person) -> list[Any]:
    return [PartnerFactory.create().site.code]


def my_order(who: Person) -> list[Any]:
    return [*mine(who), an_order(_partner(who)).public_id]


def their_order(who: Person) -> list[Any]:
    """Under one's own name."""
    return [*mine(who), an_order().public_id]


def my_delivery(who: Person) -> list[Any]:
    return [*mine(who), a_delivery(_partner(who)).public_id]


def their_delivery(who: Person) -> list[Any]:
    return [*mine(who), a_delivery().public_id]


def my_key(who: Person) -> list[Any]:
    return [*mine(who), a_key(_partner(who))[0].pk]


def their_key(who: Person) -> list[Any]:
    return [*mine(who), a_key(PartnerFactory.create())[0].pk]


ROWS = {
    "portal:home": Row(OURS),
    **{
        f"portal:{name}": Row(OURS, args=["P000"], own=mine, other=theirs)
        for name in ("overview", "coming", "stock", "orders", "order_new", "keys")
    },
    "portal:order": Row(OURS, args=NOBODYS, own=my_order, other=their_order),
    "portal:order_edit": Row(OURS, args=NOBODYS, own=my_order, other=their_order),
    "portal:order_cancel": Row(OURS, "post", args=NOBODYS, own=my_order, other=their_order),
    "portal:delivery": Row(OURS, args=NOBODYS, own=my_delivery, other=their_delivery),
    "portal:key_rotate": Row(OURS, "post", args=["P000", 0], own=my_key, other=their_key),
    "portal:key_revoke": Row(OURS, "post", args=["P000", 0], own=my_key, other=their_key),
}
