"""What is there, what moved, and that the past stays as it was (D18, D20, R14)."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from foodbank.catalog.models import Zone
from foodbank.core.dates import DateMark, today
from foodbank.inventory.models import Balance, Movement, PlaceKind, Reason
from foodbank.inventory.selectors.flows import flows
from foodbank.inventory.selectors.stock import stock_on
from foodbank.inventory.selectors.totals import totals_at
from foodbank.inventory.services.discard import discard
from foodbank.inventory.services.holds import hold_lot
from foodbank.inventory.services.ledger import correct, post
from foodbank.inventory.services.places import ensure_counterpart
from foodbank.inventory.services.reservations import reserve
from foodbank.inventory.services.splits import split_lot
from foodbank.inventory.services.stocktake import count
from tests.factories import ItemFactory, PlaceFactory, UserFactory, allergen, category, stocked

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor():
    return UserFactory.create()


def days(number):
    return today() + dt.timedelta(days=number)


def test_first_expiring_first_whatever_came_first():
    newer, _ = stocked(1, last_day=days(2), received_on=days(0))
    older, _ = stocked(1, last_day=days(9), received_on=days(-5))
    timeless, _ = stocked(1, last_day=None, date_mark=DateMark.NONE, received_on=days(-9))
    soonest, _ = stocked(1, last_day=days(1), received_on=days(0))
    assert [row.lot for row in stock_on(today())] == [soonest, newer, older, timeless]


def test_a_row_says_what_is_free_and_until_when(actor):
    lot, shelf = stocked(10, last_day=days(3), unit_weight_g=340)
    reserve(lot=lot, place=shelf, quantity=4, purpose="other", ref="見本", actor=actor)
    [row] = stock_on(today())
    assert (row.quantity, row.reserved, row.free, row.grams, row.free_g, row.days_left) == (10, 4, 6, 3400, 2040, 3)
    assert (row.blocked, row.held, row.past, row.place, row.zone) == (None, False, False, shelf, "chilled")
    [on_friday] = stock_on(days(4))
    assert (on_friday.days_left, on_friday.blocked.code) == (-1, "inventory.past_best_before")


def test_the_keep_by_estimate_passes_without_blocking():
    stocked(1, last_day=days(-1), date_mark=DateMark.NONE)
    [row] = stock_on(today())
    assert (row.past, row.blocked, row.released) == (True, None, True)


def test_lots_of_later_days_and_of_other_lists_are_not_there_yet():
    stocked(1, received_on=days(1))
    stocked(1, unlisted_from=days(0))
    assert stock_on(today()) == []
    assert len(stock_on(days(-1))) == 0  # neither has come by then
    assert len(stock_on(days(1))) == 1


def test_held_lots_and_vans_are_shown_as_such(actor):
    lot, _ = stocked(1, place=PlaceFactory.create(kind=PlaceKind.VEHICLE))
    hold_lot(lot=lot, reason="温度の確認", actor=actor)
    [row] = stock_on(today())
    assert (row.held, row.blocked.code) == (True, "inventory.held")
    assert stock_on(today(), kinds=[PlaceKind.STORAGE]) == []


@pytest.mark.parametrize("lots", [1, 12])
def test_four_queries_however_much_there_is(django_assert_num_queries, lots):
    item = ItemFactory.create()
    for _ in range(lots):
        lot, _shelf = stocked(2, item=item)
        lot.contains.create(allergen=allergen("乳"))
    with django_assert_num_queries(3):  # balances, allergens of the lots, allergens of the list (and releases if there is one)
        rows = stock_on(today())
        assert [row.facts.contains for row in rows] == [{"乳"}] * lots
        assert {row.lot.item.category.code for row in rows} == {"dairy"}


def test_flows_of_a_day(actor):
    recipient = ensure_counterpart(kind=PlaceKind.RECIPIENT, actor=actor)
    supply = ensure_counterpart(kind=PlaceKind.SUPPLY, actor=actor)
    lot, shelf = stocked(100)  # opening: 100 kg
    post(lot=lot, source=supply, target=shelf, quantity=20, reason=Reason.RECEIVE, actor=actor)
    out = post(lot=lot, source=shelf, target=recipient, quantity=30, reason=Reason.HAND_OVER, actor=actor)
    correct(movement=out, quantity=28, note="数え間違い", actor=actor)  # 2 back
    post(lot=lot, source=recipient, target=shelf, quantity=3, reason=Reason.RETURNED, actor=actor)
    wasted = discard(lot=lot, place=shelf, quantity=5, reason=Reason.DISCARD_DAMAGED, actor=actor)
    correct(movement=wasted, quantity=4, note="1点は無事", actor=actor)
    discard(lot=lot, place=shelf, quantity=1, reason=Reason.DISCARD_EXPIRED, actor=actor)
    split_lot(lot=lot, place=shelf, quantity=10, actor=actor)
    count(lot=lot, place=shelf, counted=80, actor=actor)
    found = flows(today())
    # 120 − 28 + 3 − 4 − 1 = 90 on the shelf, 10 of them in the split lot: 80 counted, no difference
    assert found.counted_g == 0
    count(lot=lot, place=shelf, counted=78, actor=actor)
    found = flows(today())
    assert (found.opening_g, found.in_g, found.out_g) == (100_000, 20_000, 25_000)  # 28 − 3 returned
    assert found.discarded == (("discard_damaged", 4_000), ("discard_expired", 1_000))
    assert (found.discarded_g, found.counted_g, found.on_hand_g) == (5_000, -2_000, 88_000)
    assert found.opening_g + found.in_g - found.out_g - found.discarded_g + found.counted_g == found.on_hand_g
    yesterday = flows(days(-1))
    assert (yesterday.in_g, yesterday.on_hand_g) == (0, 0)


def test_flows_and_totals_take_few_queries(django_assert_num_queries):
    stocked(1)
    with django_assert_num_queries(3):
        flows(days(-1))
    with django_assert_num_queries(2) as asked:
        flows(today())
    assert sum("movement" in query["sql"] for query in asked.captured_queries) == 1  # the day's own rows, not the whole ledger
    with django_assert_num_queries(2):
        totals_at(timezone.now())


def test_the_past_reads_the_same_for_ever(actor):
    shelf = PlaceFactory.create(zone=Zone.FROZEN)
    lot, _ = stocked(10, unit_weight_g=340, place=shelf)
    snack = ItemFactory.create(category=category("snack"), zone=Zone.AMBIENT, unit_weight_g=55)
    stocked(3, item=snack, place=PlaceFactory.create(zone=Zone.AMBIENT))
    moment = Movement.objects.latest("pk").recorded_at
    before = totals_at(moment).lines()
    stamp = moment.astimezone(dt.UTC).isoformat()
    assert before == [  # 10 × 340 = 3,400 and 3 × 55 = 165
        f"{stamp} on_hand 3565",
        f"{stamp} zone:ambient 165",
        f"{stamp} zone:frozen 3400",
        f"{stamp} category:dairy 3400",
        f"{stamp} category:snack 165",
    ]
    first = Movement.objects.get(lot=lot)
    discard(lot=lot, place=shelf, quantity=4, reason=Reason.DISCARD_DAMAGED, actor=actor)
    correct(movement=first, quantity=9, note="数え間違い", actor=actor)
    count(lot=lot, place=shelf, counted=9, actor=actor)
    assert totals_at(moment).lines() == before
    assert totals_at(timezone.now()).on_hand_g == 9 * 340 + 165


def check_ledger():
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("check_ledger", stdout=out, stderr=err)
    except SystemExit as ended:
        return ended.code, err.getvalue().splitlines()
    return 0, err.getvalue().splitlines()


def test_check_ledger_finds_each_kind_of_difference(actor):
    lot, shelf = stocked(10)
    other, rack = stocked(5)
    reserve(lot=lot, place=shelf, quantity=3, purpose="other", ref="見本", actor=actor)
    assert check_ledger() == (0, [])
    Balance.objects.filter(lot=lot, place=shelf).update(quantity=9, reserved=4)
    Balance.objects.filter(lot=other, place=rack).delete()
    code, lines = check_ledger()
    assert code == 1
    assert sorted(lines) == sorted(
        [
            f"{lot.code} {shelf.code}: units 10 in the ledger, 9 in the balance",
            f"{lot.code} {shelf.code}: reserved 3 in the ledger, 4 in the balance",
            f"{other.code} {rack.code}: units 5 in the ledger, 0 in the balance",
            f"{other.code} {rack.code}: grams 5000 in the ledger, 0 in the balance",
        ]
    )


def test_check_ledger_sees_a_row_with_a_wrong_weight():
    lot, _shelf = stocked(10)
    with connection.cursor() as cursor:  # behind everybody's back, the way only an INSERT can
        cursor.execute(
            "INSERT INTO inventory_movement (lot_id, source_id, target_id, quantity, grams, reason, note, document, actor_id,"
            " recorded_at) SELECT lot_id, source_id, target_id, 1, 999, reason, '', '', actor_id, recorded_at"
            " FROM inventory_movement WHERE lot_id = %s",
            [lot.pk],
        )
    code, lines = check_ledger()
    assert code == 1
    assert any("row" in line and line.endswith("grams 1000 in the ledger, 999 in the balance") for line in lines)
