"""Reservations: held, posted, voided, expired; and who loses when goods are gone."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from foodbank.core.dates import DateMark, today
from foodbank.core.errors import Refusal
from foodbank.inventory.models import Balance, PlaceKind, Reason, Reservation
from foodbank.inventory.services.discard import discard
from foodbank.inventory.services.holds import hold_lot
from foodbank.inventory.services.places import ensure_counterpart
from foodbank.inventory.services.reservations import (
    Taking,
    Wanted,
    post_reservation,
    post_reservations,
    reserve,
    reserve_many,
    void,
)
from foodbank.inventory.services.stocktake import count
from foodbank.inventory.tasks import expire_reservations
from tests.factories import PlaceFactory, UserFactory, stocked

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor():
    return UserFactory.create()


@pytest.fixture
def van(db):
    return PlaceFactory.create(kind=PlaceKind.VEHICLE)


def keep(lot, place, quantity, actor, **more):
    return reserve(lot=lot, place=place, quantity=quantity, purpose="order_line", ref="O001/dairy", actor=actor, **more)


def there(lot, place):
    balance = Balance.objects.get(lot=lot, place=place)
    return balance.quantity, balance.reserved


def test_all_or_nothing_with_every_shortage(actor):
    one, first = stocked(5)
    two, second = stocked(2)
    wanted = [
        Wanted(lot=lot, place=place, quantity=quantity, purpose="visit", ref="M01")
        for lot, place, quantity in ((one, first, 3), (one, first, 3), (two, second, 4))
    ]
    with pytest.raises(Refusal) as refused:
        reserve_many(wanted=wanted, actor=actor)
    assert refused.value.code == "inventory.not_enough_stock"  # the second lot has 2, not 4
    assert [(s["lot"], s["asked"], s["free"]) for s in refused.value.params["shortages"]] == [(one.code, 3, 2), (two.code, 4, 2)]
    assert (there(one, first), Reservation.objects.count()) == ((5, 0), 0)


def test_taking_a_part_leaves_the_rest_held(actor, van):
    lot, shelf = stocked(10)
    kept = keep(lot, shelf, 7, actor)
    row = post_reservation(reservation=kept, target=van, reason=Reason.LOAD, quantity=5, actor=actor)
    assert (row.quantity, row.document) == (5, "order_line:O001/dairy")
    assert (there(lot, shelf), there(lot, van)) == ((5, 2), (5, 0))
    assert sorted(Reservation.objects.values_list("state", "quantity")) == [("held", 2), ("posted", 5)]
    post_reservation(reservation=kept, target=van, reason=Reason.LOAD, actor=actor)
    assert sorted(Reservation.objects.values_list("state", "quantity")) == [("posted", 2), ("posted", 5)]
    with pytest.raises(Refusal) as refused:
        post_reservation(reservation=kept, target=van, reason=Reason.LOAD, actor=actor)
    assert refused.value.code == "inventory.reservation_closed"


def test_no_more_is_taken_than_kept(actor, van):
    lot, shelf = stocked(10)
    kept = keep(lot, shelf, 3, actor)
    with pytest.raises(Refusal) as refused:
        post_reservation(reservation=kept, target=van, reason=Reason.LOAD, quantity=4, actor=actor)
    assert refused.value.code == "inventory.reservation_exceeded"
    assert there(lot, shelf) == (10, 3)


def test_a_repeated_taking_takes_once(actor, van):
    lot, shelf = stocked(10)
    kept = keep(lot, shelf, 6, actor)
    taking = Taking(reservation=kept, target=van, reason=Reason.LOAD, client_id=uuid.uuid4())
    first = post_reservations(takings=[taking], actor=actor)
    again = post_reservations(takings=[taking], actor=actor)
    assert again[0].pk == first[0].pk
    assert (there(lot, shelf), there(lot, van)) == ((4, 0), (6, 0))


def test_several_takings_are_all_or_nothing(actor, van):
    lot, shelf = stocked(10)
    other, rack = stocked(10)
    kept = [keep(lot, shelf, 3, actor), keep(other, rack, 4, actor)]
    hold_lot(lot=other, reason="回収の連絡", actor=actor)
    with pytest.raises(Refusal) as refused:
        post_reservations(takings=[Taking(reservation=one, target=van, reason=Reason.LOAD) for one in kept], actor=actor)
    assert refused.value.code == "inventory.held"
    assert (there(lot, shelf), there(other, rack)) == ((10, 3), (10, 4))
    assert set(Reservation.objects.values_list("state", flat=True)) == {"held"}


def test_void_gives_back_and_twice_is_once(actor):
    lot, shelf = stocked(10)
    kept = keep(lot, shelf, 3, actor)
    assert void(reservations=[kept], actor=actor) == 1
    assert void(reservations=[kept], actor=actor) == 0
    assert there(lot, shelf) == (10, 0)


def test_expiry_runs_twice_without_harm(actor, van):
    lot, shelf = stocked(10)
    past, later = timezone.now() - dt.timedelta(seconds=1), timezone.now() + dt.timedelta(hours=1)
    due, alive = keep(lot, shelf, 3, actor, expires_at=past), keep(lot, shelf, 4, actor, expires_at=later)
    with pytest.raises(Refusal):  # its time is over, whether or not the timed job has come by
        post_reservation(reservation=due, target=van, reason=Reason.LOAD, actor=actor)
    assert expire_reservations() == 1
    assert expire_reservations() == 0
    due.refresh_from_db()
    alive.refresh_from_db()
    assert (due.state, alive.state, there(lot, shelf)) == ("expired", "held", (10, 4))


def test_goods_are_judged_for_the_day_on_which_they_leave(actor):
    lot, shelf = stocked(10, date_mark=DateMark.USE_BY, last_day=today() + dt.timedelta(days=1))
    keep(lot, shelf, 1, actor, day=today() + dt.timedelta(days=1))
    with pytest.raises(Refusal) as refused:
        keep(lot, shelf, 1, actor, day=today() + dt.timedelta(days=2))
    assert refused.value.code == "inventory.expired_use_by"


def test_only_our_own_places_keep_goods(actor):
    lot, _shelf = stocked(10)
    supply = ensure_counterpart(kind=PlaceKind.SUPPLY, actor=actor)
    with pytest.raises(Refusal) as refused:
        keep(lot, supply, 1, actor)
    assert refused.value.code == "inventory.not_a_store"


@pytest.mark.parametrize("way", ["discard", "count"])
def test_when_goods_are_gone_the_newest_reservation_loses(actor, way):
    lot, shelf = stocked(10)
    old, middle, new = (keep(lot, shelf, quantity, actor) for quantity in (4, 3, 2))  # 9 of 10 kept, 1 free
    if way == "discard":
        discard(lot=lot, place=shelf, quantity=5, reason=Reason.DISCARD_DAMAGED, actor=actor)
    else:
        found = count(lot=lot, place=shelf, counted=5, actor=actor)
        assert {(one.pk, one.quantity, one.state) for one in found.shortened} == {(new.pk, 2, "voided"), (middle.pk, 1, "held")}
    # 5 left for 9 promised: the newest 2 go, then 2 of the 3 before them
    states = dict(Reservation.objects.values_list("pk", "quantity"))
    for one in (old, middle, new):
        one.refresh_from_db()
    assert (states[old.pk], states[middle.pk], new.state) == (4, 1, "voided")
    assert there(lot, shelf) == (5, 5)


def test_a_discard_says_why(actor):
    lot, shelf = stocked(10)
    for reason, note, code in (
        (Reason.MOVE, "", "inventory.discard_reason"),
        (Reason.DISCARD_OTHER, " ", "inventory.note_missing"),
    ):
        with pytest.raises(Refusal) as refused:
            discard(lot=lot, place=shelf, quantity=1, reason=reason, note=note, actor=actor)
        assert refused.value.code == code


def test_a_repeated_discard_and_count_act_once(actor):
    lot, shelf = stocked(10)
    keep(lot, shelf, 8, actor)
    what = {"lot": lot, "place": shelf, "actor": actor}
    first = discard(**what, quantity=4, reason=Reason.DISCARD_DAMAGED, client_id=(client_id := uuid.uuid4()))
    again = discard(**what, quantity=4, reason=Reason.DISCARD_DAMAGED, client_id=client_id)
    assert (again.pk, there(lot, shelf)) == (first.pk, (6, 6))
    counted = count(**what, counted=9, client_id=(client_id := uuid.uuid4()))
    repeated = count(**what, counted=9, client_id=client_id)
    assert (repeated.movement.pk, there(lot, shelf)) == (counted.movement.pk, (9, 6))


def test_a_count_puts_a_lot_back_that_a_list_left_out(actor):
    lot, shelf = stocked(10, unlisted_from=today())
    assert count(lot=lot, place=shelf, counted=10, actor=actor).movement is None
    lot.refresh_from_db()
    assert lot.unlisted_from is None


@pytest.mark.parametrize("change", [{"quantity": 2}, {"reserved": 11}, {"grams": -1}])
def test_the_database_has_the_last_word(actor, change):
    lot, shelf = stocked(10)
    keep(lot, shelf, 3, actor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Balance.objects.filter(lot=lot, place=shelf).update(**change)
