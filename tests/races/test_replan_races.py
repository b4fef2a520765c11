"""A vehicle is loaded at the moment at which its plan is replaced: one of the two waits for the other, and no goods ride on a plan
that no longer counts. And two who call off the same day."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from foodbank.core.errors import Refusal
from foodbank.core.models import OutboxMessage
from foodbank.inventory.models import Balance, PlaceKind
from logistics.dispatch.models import CallOff, CallOffKind, Plan, PlanStatus
from logistics.dispatch.selectors.call_offs import Target, effects_of
from logistics.dispatch.services import publishing
from logistics.dispatch.services.call_off import call_off
from logistics.dispatch.services.handover import load
from logistics.dispatch.services.publishing import publish
from tests.factories import PartnerFactory
from tests.factories.driving import Drive, a_plan, an_order
from tests.races.parallel import at_once, faults

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
PATIENCE_S = 1.5


@pytest.fixture
def drive() -> Drive:
    drive = Drive()
    depot, partner = drive.stop(drive.depot), PartnerFactory.create()
    drive.shelf(10, depot, drive.stop(partner.site), order_line=an_order(partner))
    return drive.published()


def slowly(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """Publishing waits after it has looked at what is on the road, until something was loaded or patience ends."""
    looked, loaded = threading.Event(), threading.Event()
    real = publishing.under_way

    def look(day: Any) -> Any:
        found = real(day)
        looked.set()
        loaded.wait(PATIENCE_S)
        return found

    monkeypatch.setattr(publishing, "under_way", look)
    return looked, loaded


def both(drive: Drive, looked: threading.Event, loaded: threading.Event) -> list[Any]:
    draft = a_plan(drive.day, drive.actor)

    def loading() -> Any:
        looked.wait(PATIENCE_S)
        try:
            return load(shipment=drive.shipments[0], actor=drive.actor)
        finally:
            loaded.set()

    return at_once([lambda: publish(plan=draft, actor=drive.actor), loading])


def aboard() -> int:
    connections["default"].ensure_connection()
    return sum(b.quantity for b in Balance.objects.filter(place__kind=PlaceKind.VEHICLE))


def test_loading_waits_and_finds_that_its_plan_is_no_more(drive: Drive, monkeypatch: pytest.MonkeyPatch):
    published, loaded = both(drive, *slowly(monkeypatch))
    assert isinstance(published, Plan)
    assert isinstance(loaded, Refusal)
    assert loaded.code == "dispatch.replaced"
    assert aboard() == 0


def test_without_the_lock_goods_ride_on_a_plan_that_no_longer_counts(drive: Drive, monkeypatch: pytest.MonkeyPatch):
    """The control: publishing reads its plans without locking them."""
    events = slowly(monkeypatch)
    monkeypatch.setattr(publishing, "lock_rows", lambda rows, keys: {row.pk: row for row in rows.filter(pk__in=keys)})
    monkeypatch.setattr(publishing, "void", lambda reservations, actor: 0)
    both(drive, *events)
    drive.plan.refresh_from_db()
    assert (drive.plan.status, aboard()) == (PlanStatus.REPLACED, 10)


def test_of_two_who_call_off_the_same_day_one_does_and_everyone_is_told_once(drive: Drive):
    target = Target(kind=CallOffKind.DAY)
    seen = effects_of(drive.day, target).seen()
    act: Callable[[], Any] = lambda: call_off(day=drive.day, target=target, reason="台風", actor=drive.actor, seen=seen)  # noqa: E731
    results = at_once([act] * 3)
    assert faults(results, Refusal) == []
    assert sorted(type(one).__name__ for one in results) == ["CallOff", "Refusal", "Refusal"]
    assert {one.code for one in results if isinstance(one, Refusal)} <= {"call_off.already", "call_off.changed"}
    assert CallOff.objects.count() == 1
    keys = list(OutboxMessage.objects.values_list("key", flat=True))
    assert len(keys) == len(set(keys)) == 1  # the one partner with an order
