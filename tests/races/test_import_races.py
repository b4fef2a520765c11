"""The same day brought in by several people at the same moment (R8)."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from foodbank.accounts.services.system import system_user
from foodbank.core.errors import Refusal
from foodbank.donations.models import Offer
from foodbank.donations.services import imports
from foodbank.donations.services.imports import PreparedOffers, import_offers, prepare_offers
from foodbank.inventory.models import Lot, Movement
from logistics.dayfiles.models import ImportedDay
from logistics.dayfiles.services.days import import_day, prepare_day
from tests.logistics.dayfiles.a_day import DAY, FILES, bring_in, files, with_line
from tests.races.parallel import at_once, faults

pytestmark = pytest.mark.django_db(transaction=True)

# Without orders, visits and pickup day hardly a unique key stands between two imports of one day.
FEW = files(**{name: FILES[f"{name}.csv"].splitlines()[0] + "\n" for name in ("orders", "mobile_visits", "pickup_day")})


@pytest.mark.parametrize("masters_known", [False, True])
def test_a_day_is_brought_in_once(masters_known: bool):
    actor = system_user()
    if masters_known:
        bring_in(FEW, day=DAY.replace(day=1))
    lots, offers = Lot.objects.count(), Offer.objects.count()
    prepared = [prepare_day(files=FEW, day=DAY) for _ in range(4)]
    results = at_once([lambda one=one: import_day(prepared=one, replace=False, actor=actor) for one in prepared])
    assert faults(results, Refusal) == []
    assert sum(isinstance(one, Refusal) for one in results) == 3
    assert ImportedDay.objects.filter(date=DAY).count() == 1
    assert (Lot.objects.count() - lots, Offer.objects.count() - offers) == (3, 3)


MORE = FILES["donations.csv"] + "D002,9520000000110,2,30,09:00,10:00\n"


def bring_in_offers(prepared: PreparedOffers) -> list[Offer]:
    return import_offers(prepared=prepared, actor=system_user())


def test_offers_are_added_once():
    bring_in()
    prepared = [prepare_offers(data=MORE.encode(), file="late.csv", day=DAY) for _ in range(4)]
    results = at_once([lambda one=one: bring_in_offers(one) for one in prepared])
    assert faults(results, Refusal) == []
    assert Offer.objects.filter(day=DAY).count() == 4


@pytest.mark.postgres
def test_without_the_lock_offers_are_added_twice(monkeypatch: pytest.MonkeyPatch):
    """The control: readers that do not wait for each other, held together between looking and adding."""
    bring_in()
    gate = threading.Barrier(2, timeout=30)
    add = imports.save_offers

    def add_together(**given: Any) -> Any:
        gate.wait()
        return add(**given)

    monkeypatch.setattr(imports, "lock_rows", lambda rows, keys: {})
    monkeypatch.setattr(imports, "save_offers", add_together)
    prepared = [prepare_offers(data=MORE.encode(), file="late.csv", day=DAY) for _ in range(2)]
    results = at_once([lambda one=one: bring_in_offers(one) for one in prepared])
    assert faults(results, Refusal) == []
    assert Offer.objects.filter(day=DAY).count() > 4


def test_a_day_is_replaced_once():
    actor = system_user()
    bring_in(FEW)
    texts = [with_line("stock", 2, f"9520000000042,{number},3,C-02") for number in (5, 6, 7)]
    prepared = [prepare_day(files=FEW | {"stock.csv": text.encode()}, day=DAY) for text in texts]
    results = at_once([lambda one=one: import_day(prepared=one, replace=True, actor=actor) for one in prepared])
    assert faults(results, Refusal) == []
    assert sum(isinstance(one, Refusal) for one in results) == 2
    # opening of three rows, one of them taken back and opened anew
    assert Movement.objects.count() == 3 + 2
