from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from foodbank.catalog.models import Item
from tests.factories import ItemFactory, UserFactory, allergen, category
from tests.factories.catalog import gtin

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


def values(**changes: object) -> dict[str, object]:
    return {
        "gtin": gtin(7),
        "name": "見本ヨーグルト400g",
        "category": category("dairy").pk,
        "zone": "chilled",
        "date_mark": "best_before",
        "unit_weight_g": "420",
        "allergens": [allergen("乳").pk],
        "allergens_stated": "on",
        "active": "on",
    } | changes


def test_a_product_is_entered(staff: Client):
    answer = staff.post(reverse("catalog:item_new"), values())
    assert answer.status_code == 302
    item = Item.objects.get()
    assert (item.gtin, item.unit_weight_g, item.zone, item.date_mark) == (gtin(7), 420, "chilled", "best_before")
    assert [one.name for one in item.allergens.all()] == ["乳"]
    assert "品目を登録しました" in staff.get(reverse("catalog:item_list")).content.decode()


def test_a_product_is_corrected_but_keeps_its_code(staff: Client):
    item = ItemFactory.create(name="まちがい")
    staff.post(reverse("catalog:item_edit", args=[item.gtin]), values(gtin=gtin(99), name="直した名前", allergens=[]))
    item.refresh_from_db()
    assert item.name == "直した名前"
    assert item.gtin != gtin(99)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"gtin": "9520000000012"}, "gtin"),  # wrong check digit
        ({"name": " "}, "name"),
        ({"unit_weight_g": "0"}, "unit_weight_g"),
        ({"zone": "warm"}, "zone"),
        ({"category": ""}, "category"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_stored(staff: Client, changes: dict[str, object], field: str):
    answer = staff.post(reverse("catalog:item_new"), values(**changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert f'href="#id_{field}' in answer.content.decode()  # the summary leads to the field
    assert not Item.objects.exists()


def test_a_code_that_is_taken_says_so(staff: Client):
    ItemFactory.create(gtin=gtin(7))
    answer = staff.post(reverse("catalog:item_new"), values())
    assert answer.status_code == 422
    assert answer.context["form"].errors["gtin"] == ["この商品コードは登録済みです。"]


def test_the_list_is_narrowed_and_counts(staff: Client):
    ItemFactory.create(name="見本の牛乳", zone="chilled")
    ItemFactory.create(name="見本の米", zone="ambient", category=category("rice"))
    for query, shown in (("", 2), ("zone=ambient", 1), ("category=dairy", 1), ("q=牛乳", 1), ("q=牛乳&zone=ambient", 0)):
        page = staff.get(f"{reverse('catalog:item_list')}?{query}")
        assert len(page.context["listing"].rows) == shown, query


def test_unknown_allergens_are_said_in_the_list(staff: Client):
    ItemFactory.create(allergens_stated=False)
    assert "ほかは不明" in staff.get(reverse("catalog:item_list")).content.decode()


def test_the_list_asks_as_often_for_sixty_products_as_for_one(staff: Client, django_assert_num_queries):
    ItemFactory.create()
    with django_assert_num_queries(7):  # session, user, roles, count, rows, allergens, categories of the filter
        staff.get(reverse("catalog:item_list"))
    ItemFactory.create_batch(60)
    with django_assert_num_queries(7):
        staff.get(reverse("catalog:item_list"))
