"""Entering and correcting products (D13)."""

from __future__ import annotations

import pytest

from foodbank.catalog.models import Item, Zone
from foodbank.catalog.services.items import ItemData, change_item, create_item, put_items
from foodbank.core.dates import DateMark
from foodbank.core.errors import FieldsRefused
from tests.factories import ItemFactory, UserFactory, allergen, category, stocked
from tests.factories.catalog import gtin

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor():
    return UserFactory.create()


def data(number=1, **changes):
    plain = {
        "gtin": gtin(number),
        "name": "牛乳1L",
        "category": category("dairy"),
        "zone": Zone.CHILLED,
        "date_mark": DateMark.BEST_BEFORE,
        "unit_weight_g": 1030,
        "allergens": [allergen("乳")],
    }
    return ItemData(**{**plain, **changes})


def names(item):
    return {one.name for one in item.allergens.all()}


def test_a_new_item_is_kept_whole(actor):
    item = create_item(data=data(), actor=actor)
    stored = Item.objects.get(pk=item.pk)
    assert (stored.gtin, stored.zone, stored.unit_weight_g, names(stored)) == ("9520000000011", "chilled", 1030, {"乳"})
    with pytest.raises(FieldsRefused) as refused:
        create_item(data=data(), actor=actor)
    assert refused.value.code == "item.gtin_taken"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"gtin": "9520000000012"}, "gtin"),  # the check digit of 952000000001 is 1
        ({"gtin": "abc"}, "gtin"),
        ({"name": " "}, "name"),
        ({"unit_weight_g": 0}, "unit_weight_g"),
        ({"unit_weight_g": 1_000_001}, "unit_weight_g"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(actor, changes, field):
    with pytest.raises(FieldsRefused) as refused:
        create_item(data=data(**changes), actor=actor)
    assert set(refused.value.fields) == {field}
    assert not Item.objects.exists()


def test_one_code_in_other_spellings_is_one_item(actor):
    item = create_item(data=data(), actor=actor)
    put_items(items=[data(gtin="０９５２００００００００１１"), data(gtin="09520000000011")], actor=actor)
    assert Item.objects.count() == 1
    assert Item.objects.get().pk == item.pk


def test_a_correction_replaces_allergens_and_leaves_lots_as_they_came(actor):
    item = create_item(data=data(), actor=actor)
    lot, _shelf = stocked(1, item=item)
    changed = change_item(item=item, data=data(unit_weight_g=1000, allergens=[allergen("大豆")]), actor=actor)
    lot.refresh_from_db()
    assert (changed.unit_weight_g, names(changed), lot.unit_weight_g) == (1000, {"大豆"}, 1030)
    with pytest.raises(FieldsRefused) as refused:
        change_item(item=item, data=data(2), actor=actor)
    assert refused.value.code == "item.gtin_changes"


def test_all_or_none(actor):
    with pytest.raises(FieldsRefused):
        put_items(items=[data(1), data(2, unit_weight_g=0)], actor=actor)
    assert not Item.objects.exists()


def test_hundreds_of_items_in_few_queries(actor, django_assert_max_num_queries):
    items = [data(number) for number in range(1, 301)]
    # SQLite takes 999 values a statement: 300 items of 9 values in 3 inserts, as many links in 1; beside them savepoints and looks
    with django_assert_max_num_queries(20):
        put_items(items=items, actor=actor)
    with django_assert_max_num_queries(6):  # the same again: nothing to write
        put_items(items=items, actor=actor)
    assert Item.objects.count() == 300


def test_the_factory_makes_right_codes(actor):
    assert create_item(data=data(gtin=ItemFactory.build(category=category()).gtin), actor=actor)
