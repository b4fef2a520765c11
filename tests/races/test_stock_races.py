"""Many hands on one shelf, on PostgreSQL with real connections (R2, R3, R4, R9)."""

from __future__ import annotations

import datetime as dt
import random
import threading
import uuid
from collections import Counter

import pytest
from django.db import connection, models, transaction
from django.utils import timezone

from foodbank.core.errors import Refusal
from foodbank.inventory.models import Balance, Movement, PlaceKind, Reason, Reservation, ReservationState
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.inventory.services import books
from foodbank.inventory.services.discard import discard
from foodbank.inventory.services.holds import hold_lot
from foodbank.inventory.services.ledger import Move, correct, post, post_many
from foodbank.inventory.services.places import ensure_counterpart
from foodbank.inventory.services.reservations import expire_due, post_reservation, reserve, void
from foodbank.inventory.services.splits import split_lot
from foodbank.inventory.services.stocktake import count
from tests.factories import LotFactory, PlaceFactory, UserFactory, stocked
from tests.races.parallel import at_once, faults

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def actor():
    return UserFactory.create()


@pytest.fixture
def recipient(actor):
    return ensure_counterpart(kind=PlaceKind.RECIPIENT, actor=actor)


def units(lot, place):
    return Balance.objects.get(lot=lot, place=place).quantity


def pick_one(lot, shelf, recipient, actor):
    return lambda: post(lot=lot, source=shelf, target=recipient, quantity=1, reason=Reason.HAND_OVER, actor=actor)


def handed_over(recipient):
    return Movement.objects.filter(target=recipient).aggregate(n=models.Sum("quantity"))["n"]


def test_fifty_picks_of_thirty_take_thirty(actor, recipient):
    lot, shelf = stocked(30)
    results = at_once([pick_one(lot, shelf, recipient, actor)] * 50)
    assert faults(results, Refusal) == []
    assert [one.code for one in results if isinstance(one, Refusal)] == ["inventory.not_enough_stock"] * 20  # 50 − 30
    assert (units(lot, shelf), units(lot, recipient), handed_over(recipient)) == (0, 30, 30)
    assert ledger_differences() == []


def test_without_the_lock_the_same_fifty_oversell(actor, recipient, monkeypatch):
    """The control: reading without locking lets all of them see 30. If this passes the check above, that check is worth nothing."""
    lot, shelf = stocked(31)
    pick_one(lot, shelf, recipient, actor)()  # both balances are there, so that no insert makes anyone wait
    everyone_has_read = threading.Barrier(50)

    def read_only(queryset, keys):
        rows = {row.pk: row for row in queryset.filter(pk__in=set(keys))}
        everyone_has_read.wait(60)
        return rows

    monkeypatch.setattr(books, "lock_rows", read_only)
    results = at_once([pick_one(lot, shelf, recipient, actor)] * 50)
    assert faults(results, Refusal) == []
    assert [one for one in results if isinstance(one, Refusal)] == []  # 50 of 30 went out
    assert handed_over(recipient) == 51
    assert units(lot, shelf) == 29  # each wrote 30 − 1: 49 updates are lost
    shelf_units = next(d for d in ledger_differences() if d.place == shelf.code and d.what == "units")
    assert (shelf_units.ledger, shelf_units.balance) == (31 - 51, 29)


def test_fifty_reservations_of_thirty_keep_thirty(actor):
    lot, shelf = stocked(30)
    results = at_once([lambda: reserve(lot=lot, place=shelf, quantity=1, purpose="other", ref="見本", actor=actor)] * 50)
    assert faults(results, Refusal) == []
    assert Counter(one.code for one in results if isinstance(one, Refusal)) == {"inventory.reserved": 20}
    balance = Balance.objects.get(lot=lot, place=shelf)
    assert (balance.quantity, balance.reserved, Reservation.objects.count()) == (30, 30, 30)


def test_opposite_ways_and_orders_do_not_lock_each_other_out(actor):
    one, here = stocked(40)
    two, there = stocked(40)
    post(lot=one, source=here, target=there, quantity=20, reason=Reason.MOVE, actor=actor)
    post(lot=two, source=there, target=here, quantity=20, reason=Reason.MOVE, actor=actor)

    def swap(first, second, start, end):
        moves = [
            Move(lot=first, source=start, target=end, quantity=1, reason=Reason.MOVE),
            Move(lot=second, source=end, target=start, quantity=1, reason=Reason.MOVE),
        ]
        return lambda: post_many(moves=moves, actor=actor)

    results = at_once([swap(one, two, here, there), swap(two, one, there, here), swap(two, one, here, there)] * 10)
    assert faults(results, Refusal) == []
    assert [one for one in results if isinstance(one, Refusal)] == []
    assert {units(lot, here) + units(lot, there) for lot in (one, two)} == {40}
    assert ledger_differences() == []


def test_the_first_goods_at_a_new_place_come_from_everywhere(actor):
    lot, shelf = stocked(30)
    target = PlaceFactory.create()
    move = {"lot": lot, "source": shelf, "target": target, "quantity": 1, "reason": Reason.MOVE, "actor": actor}
    results = at_once([lambda: post(**move)] * 30)
    assert faults(results, Refusal) == []
    assert (units(lot, shelf), units(lot, target)) == (0, 30)
    assert Balance.objects.filter(lot=lot, place=target).count() == 1


def test_one_client_id_sent_twenty_times_moves_once(actor, recipient):
    lot, shelf = stocked(30)
    client_id = uuid.uuid4()
    what = {"lot": lot, "source": shelf, "target": recipient, "quantity": 1, "reason": Reason.HAND_OVER, "actor": actor}
    results = at_once([lambda: post(**what, client_id=client_id)] * 20)
    assert faults(results, Refusal) == []
    assert len({row.pk for row in results}) == 1
    assert units(lot, shelf) == 29


def test_one_client_id_for_twenty_lots_is_one_movement_and_nineteen_refusals(actor, recipient):
    client_id = uuid.uuid4()
    pairs = [stocked(1) for _ in range(20)]

    def send(lot, shelf):
        return lambda: post(
            lot=lot,
            source=shelf,
            target=recipient,
            quantity=1,
            reason=Reason.HAND_OVER,
            client_id=client_id,
            actor=actor,
        )

    results = at_once([send(lot, shelf) for lot, shelf in pairs])
    assert faults(results, Refusal) == []
    codes = Counter((one.code, one.status) for one in results if isinstance(one, Refusal))
    assert codes == {("inventory.client_id_reused", 422): 19}
    assert ledger_differences() == []


def test_nothing_leaves_once_the_hold_stands(actor, recipient):
    lot, shelf = stocked(200)
    left_at_hold = []

    def picker():
        for _ in range(20):
            try:
                pick_one(lot, shelf, recipient, actor)()
            except Refusal as refusal:
                assert refusal.code == "inventory.held"
                return

    def holder():
        hold_lot(lot=lot, reason="回収の連絡", actor=actor)
        left_at_hold.append(units(lot, shelf))

    results = at_once([picker] * 10 + [holder])
    assert faults(results, Refusal) == []
    assert units(lot, shelf) == left_at_hold[0]


def test_a_hold_reaches_what_was_split_off_while_it_waited(actor):
    """Whoever splits first is done before the hold stands; what came of it is held too."""
    lot, shelf = stocked(30)
    under_way = threading.Event()

    def splitter():
        with transaction.atomic():
            split_lot(lot=lot, place=shelf, quantity=1, actor=actor)
            under_way.set()
            until_somebody_waits()

    def holder():
        under_way.wait(30)
        hold_lot(lot=lot, reason="回収の連絡", actor=actor)

    assert faults(at_once([splitter, holder]), Refusal) == []
    assert list(type(lot).objects.filter(parent=lot).values_list("status", flat=True)) == ["held"]


def until_somebody_waits():
    """Until another connection waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    pause = threading.Event()
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
        pause.wait(0.05)
    raise AssertionError("nobody waits for the lock")


def test_expiry_by_two_workers_gives_back_once(actor):
    lot, shelf = stocked(30)
    past = timezone.now() - dt.timedelta(minutes=1)
    for _ in range(10):
        reserve(lot=lot, place=shelf, quantity=3, purpose="other", ref="見本", expires_at=past, actor=actor)
    results = at_once([lambda: expire_due(now=timezone.now(), actor=actor)] * 4)
    assert faults(results, Refusal) == []
    assert sum(results) == 10
    assert Balance.objects.get(lot=lot, place=shelf).reserved == 0


def test_one_row_corrected_by_ten_people_is_corrected_once(actor, recipient):
    lot, shelf = stocked(30)
    row = post(lot=lot, source=shelf, target=recipient, quantity=10, reason=Reason.HAND_OVER, actor=actor)
    results = at_once([lambda: correct(movement=row, quantity=4, note="数え間違い", actor=actor)] * 10)
    assert faults(results, Refusal) == []
    codes = Counter(one.code for one in results if isinstance(one, Refusal))
    assert codes == {"inventory.nothing_to_correct": 9}
    assert (units(lot, shelf), units(lot, recipient)) == (26, 4)


class Hand:
    """Somebody in a hurry: forty things in random order, any of which may be refused."""

    def __init__(self, seed, lots, places, recipient, actor):
        self.random = random.Random(seed)
        self.lots, self.places, self.recipient, self.actor = list(lots), places, recipient, actor
        self.reservations, self.rows = [], []

    def __call__(self):
        done = 0
        for _ in range(40):
            try:
                self.random.choice([self.move, self.hand_over, self.reserve, self.take, self.give_up, self.waste, self.count])()
                done += 1
            except Refusal:
                continue
            if self.random.random() < 0.1:
                self.split_or_correct()
        return done

    def pick(self):
        return self.random.choice(self.lots), self.random.choice(self.places), self.random.randint(1, 6)

    def move(self):
        lot, place, quantity = self.pick()
        target = self.random.choice([other for other in self.places if other != place])
        self.rows.append(post(lot=lot, source=place, target=target, quantity=quantity, reason=Reason.MOVE, actor=self.actor))

    def hand_over(self):
        lot, place, quantity = self.pick()
        post(lot=lot, source=place, target=self.recipient, quantity=quantity, reason=Reason.HAND_OVER, actor=self.actor)

    def reserve(self):
        lot, place, quantity = self.pick()
        self.reservations.append(reserve(lot=lot, place=place, quantity=quantity, purpose="other", ref="見本", actor=self.actor))

    def take(self):
        if self.reservations:
            kept = self.random.choice(self.reservations)
            post_reservation(reservation=kept, target=self.recipient, reason=Reason.HAND_OVER, quantity=1, actor=self.actor)

    def give_up(self):
        if self.reservations:
            void(reservations=[self.random.choice(self.reservations)], actor=self.actor)

    def waste(self):
        lot, place, quantity = self.pick()
        discard(lot=lot, place=place, quantity=quantity, reason=Reason.DISCARD_DAMAGED, actor=self.actor)

    def count(self):
        lot, place, quantity = self.pick()
        count(lot=lot, place=place, counted=quantity * 2, actor=self.actor)

    def split_or_correct(self):
        lot, place, quantity = self.pick()
        try:
            if self.rows and self.random.random() < 0.5:
                correct(movement=self.random.choice(self.rows), quantity=quantity, note="数え間違い", actor=self.actor)
            else:
                self.lots.append(split_lot(lot=lot, place=place, quantity=1, actor=self.actor))
        except Refusal:
            return


@pytest.mark.parametrize("seed", [1, 2])
def test_twelve_hands_in_a_hurry_lose_no_gram(actor, recipient, seed):
    places = [PlaceFactory.create() for _ in range(3)]
    supply = ensure_counterpart(kind=PlaceKind.SUPPLY, actor=actor)
    first = LotFactory.create()
    lots = [first, *LotFactory.create_batch(2, item=first.item, donor_site=first.donor_site, unit_weight_g=340)]
    for lot in lots:
        for place in places:
            post(lot=lot, source=supply, target=place, quantity=30, reason=Reason.RECEIVE, actor=actor)
    hands = [Hand(100 * seed + number, lots, places, recipient, actor) for number in range(12)]
    results = at_once(hands)
    assert faults(results, Refusal) == []
    assert sum(results) > 12 * 5  # they did get something done
    assert ledger_differences() == []
    assert Balance.objects.aggregate(g=models.Sum("grams"))["g"] == 0
    assert not Balance.objects.filter(inside=True, quantity__lt=models.F("reserved")).exists()
    held = Reservation.objects.filter(state=ReservationState.HELD).aggregate(n=models.Sum("quantity"))["n"] or 0
    assert Balance.objects.aggregate(n=models.Sum("reserved"))["n"] == held
