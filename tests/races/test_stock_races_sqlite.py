"""The embedded default under the same hurry: there the IMMEDIATE transaction is the lock (R9)."""

from __future__ import annotations

import pytest

from foodbank.core.errors import Refusal
from foodbank.inventory.models import Balance, PlaceKind, Reason
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.inventory.services.ledger import post
from foodbank.inventory.services.places import ensure_counterpart
from foodbank.inventory.services.reservations import reserve
from tests.factories import UserFactory, stocked
from tests.races.parallel import at_once, faults

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


def test_twenty_picks_and_reservations_of_twelve_take_twelve():
    actor = UserFactory.create()
    recipient = ensure_counterpart(kind=PlaceKind.RECIPIENT, actor=actor)
    lot, shelf = stocked(12)
    what = {"lot": lot, "source": shelf, "target": recipient, "quantity": 1, "reason": Reason.HAND_OVER}
    results = at_once(
        [lambda: post(**what, actor=actor)] * 10
        + [lambda: reserve(lot=lot, place=shelf, quantity=1, purpose="other", ref="見本", actor=actor)] * 10
    )
    assert faults(results, Refusal) == []  # nobody was told that the database is locked
    assert sum(isinstance(one, Refusal) for one in results) == 8  # 20 − 12
    balance = Balance.objects.get(lot=lot, place=shelf)
    assert balance.free == 0
    assert balance.quantity + sum(1 for one in results[:10] if not isinstance(one, Refusal)) == 12
    assert ledger_differences() == []
