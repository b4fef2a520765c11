"""The ledger's promises (R2, R3)."""

from __future__ import annotations

import pytest

from foodbank.core.errors import Refusal
from foodbank.inventory.models import Balance, Movement, Reason
from foodbank.inventory.services.ledger import post
from tests.factories import PlaceFactory, UserFactory, stocked

pytestmark = pytest.mark.django_db


def test_move_takes_here_and_puts_there():
    lot, shelf = stocked(10)
    other = PlaceFactory.create()
    post(lot=lot, source=shelf, target=other, quantity=4, reason=Reason.MOVE, actor=UserFactory.create())
    # 10 − 4 = 6 units of 1,000 g stay
    assert list(Balance.objects.filter(lot=lot, inside=True).order_by("pk").values_list("quantity", "grams")) == [
        (6, 6000),
        (4, 4000),
    ]


def test_not_enough_stock_changes_nothing():
    lot, shelf = stocked(3)
    with pytest.raises(Refusal) as refused:
        post(lot=lot, source=shelf, target=PlaceFactory.create(), quantity=4, reason=Reason.MOVE, actor=UserFactory.create())
    assert refused.value.code == "inventory.not_enough_stock"
    assert Movement.objects.count() == 1
