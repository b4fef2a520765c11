from __future__ import annotations

import uuid

from foodbank.partners.models import Partner
from tests.factories import a_key, an_order
from tests.factories.deliveries import a_delivery
from tests.foodbank.accounts.access.table import Person, Row, Who

NOBODYS = [uuid.UUID(int=7)]


def headers(who: Person) -> dict[str, str]:
    """Of a request by a program of ``who``'s partner."""
    return {"Authorization": f"Bearer {a_key(_partner(who))[1]}"}


def _partner(who: Person) -> Partner:
    return Partner.objects.get(site=who.site)


def my_order(who: Person) -> list[uuid.UUID]:
    return [an_order(_partner(who)).public_id]


def their_order(who: Person) -> list[uuid.UUID]:
    return [an_order().public_id]


def my_delivery(who: Person) -> list[uuid.UUID]:
    return [a_delivery(_partner(who)).public_id]


def their_delivery(who: Person) -> list[uuid.UUID]:
    return [a_delivery().public_id]


ROWS = {
    "api:stock": Row(Who.KEY),
    "api:orders": Row(Who.KEY),
    "api:order": Row(Who.KEY, args=NOBODYS, own=my_order, other=their_order),
    "api:order_cancel": Row(Who.KEY, "post", args=NOBODYS, own=my_order, other=their_order),
    "api:deliveries": Row(Who.KEY),
    "api:receipt": Row(Who.KEY, "post", args=NOBODYS, own=my_delivery, other=their_delivery),
    "api:schema": Row(Who.PUBLIC),
    "api:docs": Row(Who.PUBLIC),
    "api:unknown": Row(Who.PUBLIC),
}
