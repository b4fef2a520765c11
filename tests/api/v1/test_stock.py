"""What can be ordered."""

from __future__ import annotations

import datetime as dt

import pytest

from foodbank.core.dates import today
from foodbank.inventory.models import LotAllergen
from foodbank.inventory.services.holds import hold_lot
from foodbank.inventory.services.reservations import Wanted, reserve_many
from foodbank.partners.services.rules import close_day
from logistics.allocation.models import Channel, MinimumDaysLeft
from logistics.allocation.selectors.orderable import orderable_on
from tests.api.conftest import DAY, Program
from tests.api.problems import refused
from tests.factories import ItemFactory, PlaceFactory, SiteFactory, UserFactory, allergen, category, stocked

pytestmark = pytest.mark.django_db
QUERIES = 10


def on_shelf(units: int, **lot):
    zone = lot.pop("zone", "chilled")
    lot.setdefault("item", ItemFactory.create(zone=zone))
    return stocked(units, place=PlaceFactory.create(site=SiteFactory.create(), zone=zone), **lot)


def test_free_units_of_an_item_are_added_up_with_their_first_date(program: Program):
    item = ItemFactory.create(unit_weight_g=340, category=category("dairy"))
    on_shelf(5, item=item, last_day=today() + dt.timedelta(days=20))
    early, place = on_shelf(7, item=item, last_day=today() + dt.timedelta(days=9))
    reserve_many(
        wanted=[Wanted(lot=early, place=place, quantity=3, purpose="other", ref="x", document="x", day=today())],
        actor=UserFactory.create(),
    )
    (shown,) = program.get(f"stock/?date={DAY}").json()["results"]
    assert (shown["gtin"], shown["category"], shown["zone"]) == (item.gtin, "dairy", "chilled")
    assert (shown["free_quantity"], shown["free_kg"]) == (9, 3.06)  # 5 + 7 − 3 = 9, × 340 g
    assert shown["earliest_date"] == (today() + dt.timedelta(days=9)).isoformat()
    assert (shown["delivery_date"], shown["order_until"]) == (
        DAY.isoformat(),
        f"{DAY - dt.timedelta(days=1)}T18:00:00+09:00",
    )
    assert shown["allergens"]["contains"] == []


def test_what_may_not_go_to_partners_is_not_there(program: Program):
    held, _ = on_shelf(1)
    hold_lot(lot=held, reason="確認", actor=UserFactory.create())
    on_shelf(1, last_day=DAY - dt.timedelta(days=1))
    near, _ = on_shelf(1, last_day=DAY + dt.timedelta(days=1))
    fine, _ = on_shelf(1, last_day=DAY + dt.timedelta(days=2))
    MinimumDaysLeft.objects.create(channel=Channel.PARTNER, days=2)
    MinimumDaysLeft.objects.create(channel=Channel.HOME_PARCEL, days=9)  # another way of giving
    gtins = [one["gtin"] for one in program.get(f"stock/?date={DAY}").json()["results"]]
    assert gtins == [fine.item.gtin]
    assert near.item.gtin not in gtins


def test_an_allergen_that_nobody_has_stated_is_unknown_and_one_lot_is_enough(program: Program):
    item = ItemFactory.create()
    on_shelf(1, item=item)
    with_milk, _ = on_shelf(1, item=item)
    LotAllergen.objects.create(lot=with_milk, allergen=allergen("乳"))
    (shown,) = program.get(f"stock/?date={DAY}").json()["results"]
    assert shown["allergens"]["contains"] == ["乳"]
    assert "卵" not in shown["allergens"]["unknown"]
    on_shelf(1, item=item, allergens_stated=False)
    (shown,) = program.get(f"stock/?date={DAY}").json()["results"]
    assert shown["allergens"]["contains"] == ["乳"]
    assert "卵" in shown["allergens"]["unknown"]
    assert "乳" not in shown["allergens"]["unknown"]


def test_the_day_is_one_that_can_be_ordered_for(program: Program):
    on_shelf(1)
    (shown,) = program.get("stock/").json()["results"]
    assert shown["delivery_date"] > today().isoformat()
    close_day(day=DAY, reason="", actor=UserFactory.create())
    refused(program.get(f"stock/?date={DAY}"), 422, "order.day_closed")
    refused(program.get("stock/?date=1000-01-01"), 422, "order.day_past")
    refused(program.get("stock/?date=x"), 400, "request.invalid")


def test_the_pages_together_are_the_whole_list_forwards_and_backwards(program: Program, django_assert_num_queries):
    """key; closed day, rules; days left; list of allergens, its names; stock, its allergens, their lists; rules of the cut-off."""
    actor = UserFactory.create()
    on_shelf(1, actor=actor)
    program.get(f"stock/?date={DAY}")
    with django_assert_num_queries(QUERIES):
        program.get(f"stock/?date={DAY}")
    for _ in range(119):
        on_shelf(1, actor=actor)
    with django_assert_num_queries(QUERIES):
        first = program.get(f"stock/?date={DAY}").json()
    second = program.get(first["next"]).json()
    third = program.get(second["next"]).json()
    everything = [item.gtin for item in orderable_on(DAY)]
    assert [one["gtin"] for page in (first, second, third) for one in page["results"]] == everything
    assert (len(everything), third["next"], first["previous"]) == (120, None, None)
    assert program.get(third["previous"]).json()["results"] == second["results"]
    assert program.get(second["previous"]).json()["results"] == first["results"]
    for cursor in ("nonsense", "eDp5", "%FF", "あ"):
        refused(program.get(f"stock/?cursor={cursor}"), 404, "request.not_found")
