"""No page asks the database more often when there is more to show (R14): every page that a coordinator can reach, the
warehouse's and the drivers' included, on the example day and on one about twenty times its size."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from foodbank.accounts.models import Role, User
from foodbank.accounts.services.system import system_user
from foodbank.core.dates import today
from foodbank.donations.models import Offer
from logistics.dispatch.services.planning import make_plan
from logistics.dispatch.services.publishing import publish
from tests.crawl import crawl, starts
from tests.factories import UserFactory
from tests.shared_data import EXAMPLE, day_dir

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # it takes long, and the number is the same on every database


PRINTED = frozenset({"sheets:all", "inventory:labels_pdf", "warehouse:todays_labels", "warehouse:place_labels"})
"""Long to draw; what they ask for is pinned where they are made."""
MUST_BE_THERE = frozenset(
    {
        "catalog:item_list", "dispatch:day", "dispatch:drivers", "dispatch:call_offs", "donations:donor_list",
        "donations:offer_list", "driving:home", "fleet:vehicle_list", "pantry:households", "pantry:pickup_days", "partners:order_list",
        "partners:partner_list", "reports:kilograms", "reports:receipts", "sheets:route", "sites:agreement_list", "warehouse:home",
        "warehouse:load", "warehouse:pick", "warehouse:receive_list", "warehouse:routes",
    }
)  # fmt: skip


BY_STATE = frozenset({"inventory:lot_rules", "dispatch:hand"})
"""Asks more about a lot that is past its date, and the first time that a plan is edited by hand, whatever else there is."""


def asked(client: Client, user: User, *, of_each: int = 2) -> dict[str, int]:
    """Queries of each route, the most that one of its pages took."""
    client.force_login(user)
    most: dict[str, int] = {}
    for visit in crawl(client, starts(leave_out=PRINTED), of_each=of_each, leave_out=PRINTED):
        if visit.status in (200, 204):
            most[visit.name] = max(visit.queries, most.get(visit.name, 0))
    return most


def planned(folder: str, **limit: float) -> None:
    call_command("import_day", folder, date=today().isoformat())
    publish(plan=make_plan(day=today(), actor=system_user(), **limit), actor=system_user())


def test_every_page_asks_as_often_for_a_large_day_as_for_a_small_one(client: Client):
    coordinator = UserFactory.create(roles=[Role.COORDINATOR, Role.REGISTRAR])
    with transaction.atomic():
        planned(str(EXAMPLE / "day"), work=2)
        asked(client, coordinator, of_each=1)  # what is read once in a process
        small = asked(client, coordinator)
        transaction.set_rollback(True)
    planned(str(day_dir("takamatsu-large")), seconds=3.0)
    assert Offer.objects.filter(day=today()).count() >= 10  # 764 in the large day
    large = asked(client, coordinator)
    assert MUST_BE_THERE - (set(small) & set(large)) == set()
    both = set(small) & set(large) - BY_STATE
    assert {name: (small[name], large[name]) for name in both if large[name] > small[name]} == {}
