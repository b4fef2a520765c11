"""The three things that many people do at once: load a van by scanning, order by program, book a slot. Each is data, and what to send."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from django.urls import reverse

from foodbank.accounts.models import Role, User
from foodbank.accounts.services.system import system_user
from foodbank.core.dates import today
from foodbank.core.device import uuid7
from foodbank.partners.services.keys import issue_key
from tests.bench.clients import Request
from tests.factories import PartnerFactory, SiteFactory, UserFactory
from tests.factories.catalog import category
from tests.factories.driving import Drive
from tests.factories.pantry import household, pickup_day

_CSRF = "b" * 32
_FORM = "application/x-www-form-urlencoded"


def scans(clients: int, *, vehicles: int, each: int) -> list[list[Request]]:
    """Every client loads vans at the dock, ``each`` shipments to a van, by reading one label after the other."""
    first = drive = Drive()
    people = [UserFactory.create(is_staff=False, roles=[Role.WAREHOUSE]) for _ in range(clients)]
    queues: list[list[Request]] = [[] for _ in people]
    for number in range(vehicles):
        drive = first if number == 0 else Drive.beside(first)
        depot, partner = drive.stop(drive.depot), drive.stop(PartnerFactory.create().site)
        loads = [drive.shelf(3, depot, partner) for _ in range(each)]
        mine = number % clients
        path = reverse("warehouse:load", args=[drive.code])
        queues[mine] += [_post(path, {"code": one.lot.code if one.lot else ""}, people[mine], status=200) for one in loads]
    first.published()
    return queues


def orders(clients: int, *, each: int) -> list[list[Request]]:
    """Every client is another partner's program and orders for the day after tomorrow."""
    bread, dairy = category("bread"), category("dairy")
    body = {
        "delivery_date": (today() + dt.timedelta(days=2)).isoformat(),
        "window": {"from": "10:00", "until": "12:00"},
        "children": 40,
        "lines": [{"category": bread.code, "quantity_kg": 12.5}, {"category": dairy.code, "quantity_kg": 4}],
    }
    queues = []
    for _ in range(clients):
        secret = issue_key(partner=PartnerFactory.create(), name="bench", actor=system_user()).secret
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        queues.append(
            [
                Request(reverse("api:orders"), json.dumps(body).encode(), {**headers, "Idempotency-Key": str(uuid7())}, 201)
                for _ in range(each)
            ]
        )
    return queues


def bookings(clients: int, *, each: int) -> list[list[Request]]:
    """Every household books once, all in the first minute of the release; half of them find a place, the others wait in line."""
    venue = SiteFactory.create(kind="venue")
    day = pickup_day(site=venue, capacity=max(1, clients * each // 16), slots=8)
    slots = list(day.slots.values_list("pk", flat=True))
    path = reverse("pantry:day", args=[day.pk])
    queues: list[list[Request]] = [[] for _ in range(clients)]
    for number in range(clients * each):
        account = household().account
        if account is None:
            raise RuntimeError("a household without an account cannot book")
        fields = {"slot": str(slots[number % len(slots)]), "client_id": str(uuid.uuid4())}
        queues[number % clients].append(_post(path, fields, account, status=302))
    return queues


def _post(path: str, fields: dict[str, str], user: User, *, status: int) -> Request:
    """What our own page's script sends for somebody who is signed in."""
    browser = Client()
    browser.force_login(user)
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    headers = {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={_CSRF}",
        "X-CSRFToken": _CSRF,
        "Content-Type": _FORM,
        "Accept": "application/json",
        "Idempotency-Key": fields.get("client_id", str(uuid7())),
    }
    return Request(path, urlencode(fields).encode(), headers, status)
