"""Who may open which address: one table. An address without a row fails the suite (P13)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories import UserFactory

PUBLIC, STAFF = "public", "staff"
DAY = "2026-12-05"

# route name: (who may open it, method, arguments)
TABLE: dict[str, tuple[str, str, list[Any]]] = {
    "home": (PUBLIC, "get", []),  # sends on to a page of staff
    "set_language": (PUBLIC, "post", []),
    "healthz": (PUBLIC, "get", []),
    "readyz": (PUBLIC, "get", []),
    "accounts:login": (PUBLIC, "get", []),
    "accounts:logout": (PUBLIC, "post", []),
    "inventory:code": (PUBLIC, "get", ["L0000000"]),  # says nothing about stock: test in inventory
    "inventory:find": (STAFF, "get", []),
    "inventory:labels_pdf": (STAFF, "get", [DAY]),
    "catalog:item_list": (STAFF, "get", []),
    "catalog:item_new": (STAFF, "get", []),
    "catalog:item_edit": (STAFF, "get", ["9520000000011"]),
    "donations:donor_list": (STAFF, "get", []),
    "donations:donor_new": (STAFF, "get", []),
    "donations:donor_edit": (STAFF, "get", ["D001"]),
    "donations:offer_list": (STAFF, "get", []),
    "donations:offer_new": (STAFF, "get", []),
    "donations:offer_edit": (STAFF, "get", [1]),
    "donations:offer_cancel": (STAFF, "post", [1]),
    "partners:partner_list": (STAFF, "get", []),
    "partners:partner_new": (STAFF, "get", []),
    "partners:partner_edit": (STAFF, "get", ["P001"]),
    "partners:order_list": (STAFF, "get", []),
    "partners:order_new": (STAFF, "get", []),
    "partners:order_edit": (STAFF, "get", [1]),
    "partners:order_cancel": (STAFF, "post", [1]),
    "sites:agreement_list": (STAFF, "get", []),
    "sites:agreement_new": (STAFF, "get", []),
    "sites:agreement_edit": (STAFF, "get", [1]),
    "fleet:vehicle_list": (STAFF, "get", []),
    "fleet:vehicle_new": (STAFF, "get", []),
    "fleet:vehicle_edit": (STAFF, "get", ["VAN1"]),
    "fleet:permit_new": (STAFF, "post", ["VAN1"]),
    "fleet:shift_set": (STAFF, "post", ["VAN1"]),
    "fleet:shift_remove": (STAFF, "post", ["VAN1", 1]),
    "dayfiles:upload": (STAFF, "get", []),
    "dayfiles:preview": (STAFF, "get", [uuid.UUID(int=1)]),
    "dispatch:today": (STAFF, "get", []),
    "dispatch:day": (STAFF, "get", [DAY]),
    "dispatch:plan_start": (STAFF, "post", [DAY]),
    "dispatch:job": (STAFF, "get", [1]),
    "dispatch:job_stop": (STAFF, "post", [1]),
    "dispatch:publish": (STAFF, "post", [1]),
    "dispatch:plan_json": (STAFF, "get", [1]),
    "dispatch:stop": (STAFF, "get", ["S0000000"]),
    "sheets:all": (STAFF, "get", [DAY]),
    "sheets:route": (STAFF, "get", [DAY, "VAN1"]),
}


def _routes(patterns: list[Any], spaces: tuple[str, ...] = ()) -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            if one.namespace == "admin":
                continue  # Django's own admin: see the test below
            yield from _routes(one.url_patterns, (*spaces, *([one.namespace] if one.namespace else [])))
        elif isinstance(one, URLPattern):
            assert one.name, f"an address without a name: {one.pattern}"
            yield ":".join((*spaces, one.name))


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert sorted(_routes(get_resolver().url_patterns)) == sorted(TABLE)


STAFF_ROWS = [(name, method, args) for name, (who, method, args) in TABLE.items() if who == STAFF]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "method", "args"), STAFF_ROWS, ids=[row[0] for row in STAFF_ROWS])
def test_strangers_are_sent_to_the_sign_in_page(client: Client, name: str, method: str, args: list[Any]) -> None:
    address = reverse(name, args=args)
    answer = getattr(client, method)(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{reverse('accounts:login')}?next=")


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "method", "args"), STAFF_ROWS, ids=[row[0] for row in STAFF_ROWS])
def test_people_without_the_role_are_refused(client: Client, name: str, method: str, args: list[Any]) -> None:
    client.force_login(UserFactory.create(is_staff=False))
    assert getattr(client, method)(reverse(name, args=args)).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "method", "args"), STAFF_ROWS, ids=[row[0] for row in STAFF_ROWS])
def test_what_is_not_there_is_not_found_rather_than_a_fault(client: Client, name: str, method: str, args: list[Any]) -> None:
    """On an empty database the pages of staff answer, or say 404; nothing breaks."""
    client.force_login(UserFactory.create())
    answer = getattr(client, method)(reverse(name, args=args))
    assert answer.status_code in (200, 302, 404), answer.status_code
    assert answer.status_code == 404 or "login" not in answer.get("Location", "")


@pytest.mark.django_db
def test_pages_that_change_something_do_not_answer_to_get(client: Client) -> None:
    client.force_login(UserFactory.create())
    for name, (_who, method, args) in TABLE.items():
        if method == "post" and name != "set_language":
            assert client.get(reverse(name, args=args)).status_code == 405, name


@pytest.mark.django_db
def test_the_admin_is_for_staff(client: Client) -> None:
    assert client.get("/admin/").status_code == 302
    client.force_login(UserFactory.create(is_staff=False))
    assert client.get("/admin/").status_code == 302
