"""Orders (D1) and how they are corrected."""

from __future__ import annotations

import datetime as dt

import pytest

from foodbank.core.errors import FieldsRefused, Refusal
from foodbank.partners.models import Order, OrderLine, OrderSource, OrderStatus
from foodbank.partners.services.orders import LineData, OrderData, cancel_order, change_order, create_order, create_orders
from logistics.dispatch.selectors.facts import day_facts
from tests.factories import ItemFactory, PartnerFactory, UserFactory, allergen, an_order, category
from tests.factories.driving import Drive

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 12, 5)


@pytest.fixture
def actor():
    return UserFactory.create()


@pytest.fixture
def partner():
    return PartnerFactory.create()


def bread(grams=12_500):
    return LineData(category=category("bread"), quantity_g=grams)


def data(partner, **changes):
    plain = {
        "partner": partner,
        "delivery_date": DAY,
        "window_from": dt.time(10),
        "window_until": dt.time(12),
        "children": 40,
        "lines": [bread()],
        "excluded_allergens": [allergen("卵")],
    }
    return OrderData(**{**plain, **changes})


def test_an_order_is_kept_whole_and_numbered_by_day(actor, partner):
    item = ItemFactory.create(unit_weight_g=340)
    first = create_order(data=data(partner, lines=[bread(), LineData(item=item, quantity=10)]), actor=actor)
    second = create_order(data=data(partner), actor=actor)
    elsewhere = create_order(data=data(partner, delivery_date=DAY + dt.timedelta(days=1)), actor=actor)
    assert [first.ref, second.ref, elsewhere.ref] == ["H001", "H002", "H001"]
    assert [(line.ref, line.asked_g) for line in first.lines.all()] == [
        ("H001/bread", 12_500),
        (f"H001/{item.gtin}", 3_400),  # 10 × 340 g
    ]
    assert {one.name for one in first.excluded_allergens.all()} == {"卵"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"window_until": dt.time(10)}, "window_until"),
        ({"children": -1}, "children"),
        ({"lines": []}, "lines"),
        ({"lines": [0]}, "lines"),
        ({"lines": [20_000_001]}, "lines"),
        ({"lines": [1, 1]}, "lines"),  # the same category twice
    ],
)
def test_what_is_wrong_is_said_at_its_field(actor, partner, changes, field):
    if changes.get("lines"):
        changes = {"lines": [bread(grams) for grams in changes["lines"]]}
    with pytest.raises(FieldsRefused) as refused:
        create_order(data=data(partner, **changes), actor=actor)
    assert set(refused.value.fields) == {field}


def test_neither_weight_and_units_nor_none_of_them(actor, partner):
    item = ItemFactory.create()
    for line in (LineData(item=item), LineData(item=item, quantity=1, quantity_g=1), LineData(item=item, quantity=0)):
        with pytest.raises(FieldsRefused):
            create_order(data=data(partner, lines=[line]), actor=actor)


def test_a_number_is_taken_once_a_day_and_then_nothing_is_stored(actor, partner):
    create_order(data=data(partner, ref="O001"), actor=actor)
    with pytest.raises(Refusal) as refused:
        create_orders(orders=[data(partner, ref="O002"), data(partner, ref="O001")], actor=actor)
    assert refused.value.code == "order.ref_taken"
    assert list(Order.objects.values_list("ref", flat=True)) == ["O001"]


def test_no_food_for_whom_has_not_signed(actor):
    stranger = PartnerFactory.create(agreement=None)
    with pytest.raises(Refusal) as refused:
        create_order(data=data(stranger), actor=actor)
    assert refused.value.code == "site.no_agreement"


def test_a_correction_keeps_the_rows_that_stay(actor, partner):
    order = create_order(data=data(partner, lines=[bread(), LineData(category=category("rice"), quantity_g=5_000)]), actor=actor)
    kept = order.lines.get(category__code="bread")
    lines = [bread(9_000), LineData(category=category("dairy"), quantity_g=1_000)]
    change_order(order=order, data=data(partner, lines=lines, children=30, excluded_allergens=[]), actor=actor)
    stored = {line.ref: (line.pk, line.asked_g) for line in OrderLine.objects.filter(order=order)}
    assert stored["H001/bread"] == (kept.pk, 9_000)
    assert set(stored) == {"H001/bread", "H001/dairy"}
    assert (order.children, order.excluded_allergens.count()) == (30, 0)
    with pytest.raises(FieldsRefused):
        change_order(order=order, data=data(PartnerFactory.create()), actor=actor)


def test_cancelled_is_cancelled(actor, partner):
    order = create_order(data=data(partner), actor=actor)
    assert cancel_order(order=order, actor=actor).status == OrderStatus.CANCELLED
    for late in (
        lambda: cancel_order(order=order, actor=actor),
        lambda: change_order(order=order, data=data(partner), actor=actor),
    ):
        with pytest.raises(Refusal) as refused:
            late()
        assert refused.value.code == "order.closed"


def test_hundreds_of_orders_in_few_queries(actor, partner, django_assert_max_num_queries):
    orders = [data(partner, ref=f"O{number:03d}") for number in range(200)]
    # SQLite takes 999 values a statement: 200 orders of 11 values in 3 inserts, lines in 2, allergens in 1; savepoints, agreements
    with django_assert_max_num_queries(20):
        create_orders(orders=orders, actor=actor)


def test_an_order_moved_to_a_day_that_has_its_number_is_refused(actor, partner):
    moved = create_order(data=data(partner, ref="O001"), actor=actor)
    create_order(data=data(partner, ref="O001", delivery_date=DAY + dt.timedelta(days=1)), actor=actor)
    with pytest.raises(Refusal) as refused:
        change_order(order=moved, data=data(partner, delivery_date=DAY + dt.timedelta(days=1)), actor=actor)
    assert refused.value.code == "order.ref_taken"
    moved.refresh_from_db()
    assert moved.delivery_date == DAY


def test_an_order_moved_by_us_takes_a_number_that_is_free(actor, partner):
    """The number is ours to choose, so nobody is troubled with it; one that came with a file stays as it is (above)."""
    moved = create_order(data=data(partner), actor=actor)
    create_order(data=data(partner, delivery_date=DAY + dt.timedelta(days=1)), actor=actor)
    change_order(order=moved, data=data(partner, delivery_date=DAY + dt.timedelta(days=1)), actor=actor)
    moved.refresh_from_db()
    assert (moved.ref, moved.delivery_date) == ("H002", DAY + dt.timedelta(days=1))
    assert [line.ref for line in moved.lines.all()] == ["H002/bread"]


def test_a_number_that_a_file_brought_is_passed_over(actor, partner):
    create_order(data=data(partner, ref="H007", source=OrderSource.IMPORT), actor=actor)
    create_order(data=data(partner, ref="Hえび", source=OrderSource.IMPORT), actor=actor)
    assert create_order(data=data(partner), actor=actor).ref == "H008"


def test_a_line_that_a_plan_names_is_withdrawn_and_can_come_back(actor, partner):
    order = an_order(partner, lines=[bread(), LineData(category=category("rice"), quantity_g=5_000)])
    rice = order.lines.get(category__code="rice")
    drive = Drive(day=order.delivery_date)
    depot = drive.stop(drive.depot)
    shipment = drive.shelf(2, depot, drive.stop(partner.site), order_line=rice)
    plain = data(partner, delivery_date=order.delivery_date, lines=[bread(9_000)])
    change_order(order=order, data=plain, actor=actor)
    assert [line.ref for line in order.lines.all()] == [f"{order.ref}/bread"]
    shipment.refresh_from_db()
    assert shipment.order_line == rice  # the draft still says what it was made for
    assert [line.key for line in day_facts(order.delivery_date).lines] == [f"{order.ref}/bread"]
    both = data(
        partner, delivery_date=order.delivery_date, lines=[bread(), LineData(category=category("rice"), quantity_g=1_000)]
    )
    change_order(order=order, data=both, actor=actor)
    back = order.lines.get(category__code="rice")
    assert (back.pk, back.quantity_g, OrderLine.everything.filter(order=order).count()) == (rice.pk, 1_000, 2)
