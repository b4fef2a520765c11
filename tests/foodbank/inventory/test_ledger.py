"""The ledger's promises (R2, R3, D5, D6, D11)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from foodbank.catalog.models import Zone
from foodbank.core.dates import DateMark, today
from foodbank.core.errors import Refusal
from foodbank.inventory.models import Balance, Movement, PlaceKind, Reason, Release, StockRules
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.inventory.services.holds import hold_lot
from foodbank.inventory.services.ledger import Move, correct, post, post_many
from foodbank.inventory.services.places import ensure_counterpart
from foodbank.inventory.services.reservations import reserve
from tests.factories import LotFactory, PlaceFactory, UserFactory, stocked

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor():
    return UserFactory.create()


@pytest.fixture
def recipient(actor):
    return ensure_counterpart(kind=PlaceKind.RECIPIENT, actor=actor)


def units(lot, place):
    return Balance.objects.get(lot=lot, place=place).quantity


def test_move_takes_here_and_puts_there(actor):
    lot, shelf = stocked(10, unit_weight_g=340)
    other = PlaceFactory.create()
    row = post(lot=lot, source=shelf, target=other, quantity=4, reason=Reason.MOVE, actor=actor, note="棚替え")
    assert (row.quantity, row.grams, row.actor, row.note) == (4, 1360, actor, "棚替え")  # 4 × 340 g
    # 10 − 4 = 6 units of 340 g stay; the giver's end stands at −10, so that the lot's places add up to nothing
    assert list(Balance.objects.filter(lot=lot).order_by("quantity").values_list("quantity", "grams")) == [
        (-10, -3400),
        (4, 1360),
        (6, 2040),
    ]


def test_not_enough_stock_changes_nothing_and_names_every_shortage(actor, recipient):
    lot, shelf = stocked(3)
    other, second = stocked(5)
    third, last = stocked(1)
    moves = [
        Move(lot=one, source=place, target=recipient, quantity=quantity, reason=Reason.HAND_OVER)
        for one, place, quantity in ((lot, shelf, 4), (other, second, 5), (third, last, 2))
    ]
    with pytest.raises(Refusal) as refused:
        post_many(moves=moves, actor=actor)
    assert refused.value.code == "inventory.not_enough_stock"
    assert refused.value.params["shortages"] == [
        {"lot": lot.code, "place": shelf.code, "asked": 4, "free": 3, "reserved": 0},
        {"lot": third.code, "place": last.code, "asked": 2, "free": 1, "reserved": 0},
    ]
    assert Movement.objects.count() == 3  # the three openings
    assert units(other, second) == 5


def test_moves_of_one_batch_build_on_each_other(actor, recipient):
    lot, shelf = stocked(3)
    other = PlaceFactory.create()
    post_many(
        moves=[
            Move(lot=lot, source=shelf, target=other, quantity=3, reason=Reason.MOVE),
            Move(lot=lot, source=other, target=recipient, quantity=2, reason=Reason.HAND_OVER),
        ],
        actor=actor,
    )
    assert (units(lot, shelf), units(lot, other), units(lot, recipient)) == (0, 1, 2)
    with pytest.raises(Refusal):  # two in one batch that would each do alone
        post_many(moves=[Move(lot=lot, source=other, target=recipient, quantity=1, reason=Reason.HAND_OVER)] * 2, actor=actor)


def test_what_is_reserved_is_not_taken_by_others(actor, recipient):
    lot, shelf = stocked(10)
    reserve(lot=lot, place=shelf, quantity=7, purpose="other", ref="O001/dairy", actor=actor)
    with pytest.raises(Refusal) as refused:
        post(lot=lot, source=shelf, target=recipient, quantity=4, reason=Reason.HAND_OVER, actor=actor)
    assert refused.value.code == "inventory.reserved"
    assert refused.value.params["shortages"][0]["free"] == 3  # 10 − 7
    post(lot=lot, source=shelf, target=recipient, quantity=3, reason=Reason.HAND_OVER, actor=actor)


def days_old(days):
    return {"last_day": today() - dt.timedelta(days=days)}


@pytest.mark.parametrize("leaving", ["van", "recipient"])
@pytest.mark.parametrize(
    ("mark", "code"),
    [(DateMark.USE_BY, "inventory.expired_use_by"), (DateMark.BEST_BEFORE, "inventory.past_best_before")],
)
def test_past_goods_neither_load_nor_leave(actor, recipient, leaving, mark, code):
    lot, shelf = stocked(5, date_mark=mark, **days_old(1))
    van = PlaceFactory.create(kind=PlaceKind.VEHICLE)
    target, reason = (van, Reason.LOAD) if leaving == "van" else (recipient, Reason.HAND_OVER)
    with pytest.raises(Refusal) as refused:
        post(lot=lot, source=shelf, target=target, quantity=1, reason=reason, actor=actor)
    assert refused.value.code == code
    # to the corner for things to be thrown away it may go
    post(lot=lot, source=shelf, target=PlaceFactory.create(), quantity=5, reason=Reason.MOVE, actor=actor)


def test_goods_that_expire_on_the_van_are_not_handed_over_but_come_back(actor, recipient):
    van = PlaceFactory.create(kind=PlaceKind.VEHICLE)
    lot, shelf = stocked(5, date_mark=DateMark.USE_BY, last_day=today())
    post(lot=lot, source=shelf, target=van, quantity=5, reason=Reason.LOAD, actor=actor)
    lot.last_day = today() - dt.timedelta(days=1)
    lot.save()
    for target, reason in ((recipient, Reason.HAND_OVER), (PlaceFactory.create(kind=PlaceKind.VEHICLE), Reason.MOVE)):
        with pytest.raises(Refusal, match="use-by"):
            post(lot=lot, source=van, target=target, quantity=1, reason=reason, actor=actor)
    post(lot=lot, source=van, target=shelf, quantity=5, reason=Reason.UNLOAD, actor=actor)
    assert units(lot, shelf) == 5


def test_a_release_lets_best_before_goods_leave_and_never_use_by(actor, recipient):
    second = UserFactory.create()
    lot, shelf = stocked(5, date_mark=DateMark.BEST_BEFORE, **days_old(1))
    Release.objects.create(lot=lot, until=today(), grounds="官能検査に問題なし", first=actor, second=second)
    post(lot=lot, source=shelf, target=recipient, quantity=1, reason=Reason.HAND_OVER, actor=actor)
    StockRules.objects.create(releases_on=False)
    with pytest.raises(Refusal) as refused:
        post(lot=lot, source=shelf, target=recipient, quantity=1, reason=Reason.HAND_OVER, actor=actor)
    assert refused.value.code == "inventory.past_best_before"
    StockRules.objects.all().delete()
    Release.objects.update(until=today() - dt.timedelta(days=1))
    with pytest.raises(Refusal):
        post(lot=lot, source=shelf, target=recipient, quantity=1, reason=Reason.HAND_OVER, actor=actor)
    forged, rack = stocked(5, date_mark=DateMark.USE_BY, **days_old(1))
    Release.objects.create(lot=forged, until=today(), grounds="官能検査に問題なし", first=actor, second=second)
    with pytest.raises(Refusal) as refused:
        post(lot=forged, source=rack, target=recipient, quantity=1, reason=Reason.HAND_OVER, actor=actor)
    assert refused.value.code == "inventory.expired_use_by"


def test_the_date_is_that_of_japan(actor, recipient, monkeypatch):
    # 15:30 UTC on the 5th is 00:30 on the 6th in Japan
    monkeypatch.setattr("django.utils.timezone.now", lambda: dt.datetime(2026, 12, 5, 15, 30, tzinfo=dt.UTC))
    lot, shelf = stocked(2, date_mark=DateMark.USE_BY, last_day=dt.date(2026, 12, 5))
    with pytest.raises(Refusal) as refused:
        post(lot=lot, source=shelf, target=recipient, quantity=1, reason=Reason.HAND_OVER, actor=actor)
    assert refused.value.params["day"] == "2026-12-06"


def test_held_goods_stay_and_a_stale_copy_of_the_lot_does_not_help(actor, recipient):
    lot, shelf = stocked(5)
    stale = type(lot).objects.get(pk=lot.pk)
    hold_lot(lot=lot, reason="温度の確認", actor=actor)
    with pytest.raises(Refusal) as refused:
        post(lot=stale, source=shelf, target=recipient, quantity=1, reason=Reason.HAND_OVER, actor=actor)
    assert refused.value.code == "inventory.held"


@pytest.mark.parametrize(
    ("lot_zone", "from_zone", "to_zone", "allowed"),
    [
        (Zone.CHILLED, Zone.CHILLED, Zone.AMBIENT, False),
        (Zone.CHILLED, Zone.CHILLED, Zone.FROZEN, True),
        (Zone.CHILLED, Zone.FROZEN, Zone.CHILLED, False),  # once frozen it is not thawed by moving it
        (Zone.AMBIENT, Zone.AMBIENT, Zone.AMBIENT, True),
    ],
)
def test_no_move_to_a_warmer_zone(actor, lot_zone, from_zone, to_zone, allowed):
    lot, shelf = stocked(5, zone=lot_zone, place=PlaceFactory.create(zone=from_zone))
    van = PlaceFactory.create(kind=PlaceKind.VEHICLE, zone=to_zone)
    if allowed:
        post(lot=lot, source=shelf, target=van, quantity=5, reason=Reason.LOAD, actor=actor)
        assert units(lot, van) == 5
        return
    with pytest.raises(Refusal) as refused:
        post(lot=lot, source=shelf, target=van, quantity=5, reason=Reason.LOAD, actor=actor)
    assert refused.value.code == "inventory.warmer_zone"


def test_a_closed_place_takes_nothing(actor):
    lot, shelf = stocked(5)
    with pytest.raises(Refusal) as refused:
        post(lot=lot, source=shelf, target=PlaceFactory.create(active=False), quantity=1, reason=Reason.MOVE, actor=actor)
    assert refused.value.code == "inventory.place_closed"


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason != Reason.MOVE])
def test_each_reason_leads_only_where_it_belongs(actor, reason):
    lot, shelf = stocked(5)
    with pytest.raises(Refusal) as refused:
        post(lot=lot, source=shelf, target=PlaceFactory.create(), quantity=1, reason=reason, actor=actor)
    assert refused.value.code == "inventory.wrong_way"


@pytest.mark.parametrize("quantity", [0, -1])
def test_nothing_and_less_than_nothing_do_not_move(actor, quantity):
    lot, shelf = stocked(5)
    with pytest.raises(Refusal) as refused:
        post(lot=lot, source=shelf, target=PlaceFactory.create(), quantity=quantity, reason=Reason.MOVE, actor=actor)
    assert refused.value.code == "inventory.quantity"


def test_the_same_client_id_again_is_the_same_movement(actor, recipient):
    lot, shelf = stocked(5)
    what = {"lot": lot, "source": shelf, "target": recipient, "quantity": 5, "reason": Reason.HAND_OVER}
    first = post(**what, client_id=(client_id := uuid.uuid4()), actor=actor)
    again = post(**what, client_id=client_id, actor=actor)  # nothing is left, and yet no refusal
    assert again.pk == first.pk
    assert units(lot, recipient) == 5
    for change in ({"quantity": 4}, {"note": "別"}, {"source": PlaceFactory.create()}, {"document": "x"}):
        with pytest.raises(Refusal) as refused:
            post(**{**what, **change}, client_id=client_id, actor=actor)
        assert (refused.value.code, refused.value.status) == ("inventory.client_id_reused", 422)


def test_the_same_client_id_twice_in_one_batch(actor, recipient):
    lot, shelf = stocked(5)
    move = Move(lot=lot, source=shelf, target=recipient, quantity=3, reason=Reason.HAND_OVER, client_id=uuid.uuid4())
    rows = post_many(moves=[move, move], actor=actor)
    assert rows[0].pk == rows[1].pk
    assert units(lot, shelf) == 2


def test_corrections_are_new_rows(actor, recipient):
    lot, shelf = stocked(10)
    row = post(lot=lot, source=shelf, target=recipient, quantity=6, reason=Reason.HAND_OVER, actor=actor)
    back = correct(movement=row, quantity=4, note="数え間違い", actor=actor)
    assert (back.source, back.target, back.quantity, back.reason, back.corrects) == (recipient, shelf, 2, Reason.CORRECTION, row)
    more = correct(movement=row, quantity=9, note="やはり9", actor=actor)
    assert (more.source, more.target, more.quantity) == (shelf, recipient, 5)  # 9 − 4
    assert (units(lot, shelf), units(lot, recipient)) == (1, 9)
    with pytest.raises(Refusal) as refused:
        correct(movement=row, quantity=9, note="", actor=actor)
    assert refused.value.code == "inventory.nothing_to_correct"
    with pytest.raises(Refusal) as refused:
        correct(movement=row, quantity=11, note="", actor=actor)  # 2 more, 1 there
    assert refused.value.code == "inventory.not_enough_stock"
    with pytest.raises(Refusal) as refused:
        correct(movement=back, quantity=0, note="", actor=actor)
    assert refused.value.code == "inventory.corrects_correction"
    assert Movement.objects.get(pk=row.pk).quantity == 6
    assert ledger_differences() == []


def test_taking_back_needs_no_release_and_no_colder_place(actor):
    warm = PlaceFactory.create(zone=Zone.AMBIENT)
    lot, shelf = stocked(5, zone=Zone.AMBIENT, place=warm, **days_old(1))
    row = post(lot=lot, source=warm, target=PlaceFactory.create(), quantity=5, reason=Reason.MOVE, actor=actor)
    correct(movement=row, quantity=0, note="別のロットでした", actor=actor)
    assert units(lot, shelf) == 5


def test_no_more_is_taken_back_than_there_was(actor, recipient):
    lot, shelf = stocked(10)
    row = post(lot=lot, source=shelf, target=recipient, quantity=2, reason=Reason.HAND_OVER, actor=actor)
    post(lot=lot, source=shelf, target=recipient, quantity=2, reason=Reason.HAND_OVER, actor=actor)
    with pytest.raises(Refusal) as refused:
        post(lot=lot, source=recipient, target=shelf, quantity=3, reason=Reason.CORRECTION, corrects=row, actor=actor)
    assert refused.value.code == "inventory.corrected_too_far"


def test_a_correction_cannot_carry_goods_elsewhere(actor, recipient):
    lot, shelf = stocked(10, date_mark=DateMark.USE_BY, **days_old(1))
    row = Movement.objects.get(lot=lot)
    with pytest.raises(Refusal) as refused:
        post(lot=lot, source=shelf, target=recipient, quantity=1, reason=Reason.CORRECTION, corrects=row, actor=actor)
    assert refused.value.code == "inventory.wrong_way"


def test_a_thousand_moves_need_a_fixed_number_of_queries(actor, django_assert_max_num_queries):
    shelf = PlaceFactory.create()
    supply = ensure_counterpart(kind=PlaceKind.SUPPLY, actor=actor)
    lot = LotFactory.create()
    lots = LotFactory.create_batch(40, item=lot.item, donor_site=lot.donor_site)
    moves = [Move(lot=one, source=supply, target=shelf, quantity=1, reason=Reason.OPENING) for one in lots]
    # savepoint twice, 2 looks for balances, insert, lock, lots, insert rows, update balances
    with django_assert_max_num_queries(14):
        post_many(moves=moves, actor=actor)
