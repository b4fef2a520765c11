"""Orders of partners' programs: the form, the rules behind it, and who sees what."""

from __future__ import annotations

import datetime as dt
import json
import uuid

import pytest

from foodbank.core.dates import today
from foodbank.partners.models import KeyScope, Order, OrderSource, OrderStatus
from foodbank.partners.services.orders import change_order
from tests.api.conftest import DAY, Program, order
from tests.api.problems import refused
from tests.factories import ItemFactory, PartnerFactory, UserFactory, allergen, an_order, cut_off, order_data

pytestmark = pytest.mark.django_db


def test_an_order_is_placed_and_read_back(program: Program):
    allergen("卵")
    item = ItemFactory.create(unit_weight_g=340)
    lines = [{"category": "bread", "quantity_kg": 12.5}, {"gtin": item.gtin, "quantity": 10}]
    answer = program.post("orders/", order(lines=lines))
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    made = Order.objects.get()
    assert shown["id"] == str(made.public_id)
    assert (made.partner, made.source, made.note) == (program.partner, OrderSource.API, "裏口へ")
    assert {name: shown[name] for name in order() if name != "lines"} == {
        name: value for name, value in order().items() if name != "lines"
    }
    assert (shown["ref"], shown["status"]) == ("H001", "placed")
    assert [(line["unit"], line["asked"], line["allocated"], line["delivered"], line["reason"]) for line in shown["lines"]] == [
        ("kg", 12.5, None, 0, None),
        ("units", 10, None, 0, None),
    ]
    assert [line["asked_g"] for line in shown["lines"]] == [12_500, 3_400]  # 10 × 340 g
    assert answer["Location"].endswith(f"/api/v1/orders/{made.public_id}/")
    again = program.get(answer["Location"].removeprefix("http://testserver/api/v1/"))
    assert (again.json(), again["ETag"]) == (shown, answer["ETag"])


def test_allergens_go_by_either_name_and_gtins_by_any_length(program: Program):
    allergen("卵")
    item = ItemFactory.create(gtin="0012345678905")
    lines = [{"gtin": "012345678905", "quantity": 1}]  # UPC: 12 digits
    body = order(lines=lines, excluded_allergens=["egg" if allergen("卵").name_en == "Egg" else "卵"])
    shown = program.post("orders/", body).json()
    assert shown["excluded_allergens"] == ["卵"]
    assert shown["lines"][0]["gtin"] == item.gtin


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"partner": 1}, "partner"),  # nothing is set that is not described
        ({"status": "delivered"}, "status"),
        ({"source": "staff"}, "source"),
        ({"ref": "O001"}, "ref"),
        ({"children": "40"}, "children"),
        ({"children": True}, "children"),
        ({"children": -1}, "children"),
        ({"children": 10_001}, "children"),
        ({"delivery_date": "2026-2-5"}, "delivery_date"),
        ({"delivery_date": "20261205"}, "delivery_date"),
        ({"delivery_date": "0001-01-01"}, "delivery_date"),
        ({"delivery_date": "2027-02-29"}, "delivery_date"),
        ({"window": {"from": "25:00", "until": "26:00"}}, "window.from"),
        ({"window": {"from": "10:00:00", "until": "12:00"}}, "window.from"),
        ({"window": {"from": "10:00", "until": "12:00", "zone": "UTC"}}, "window.zone"),
        ({"window": "10-12"}, "window"),
        ({"lines": []}, "lines"),
        ({"lines": [17]}, "lines.0"),
        ({"lines": [{}]}, "lines.0.category"),
        ({"lines": [{"category": "bread"}]}, "lines.0.quantity_kg"),
        ({"lines": [{"category": "bread", "quantity_kg": "12.5"}]}, "lines.0.quantity_kg"),
        ({"lines": [{"category": "bread", "quantity_kg": 0}]}, "lines.0.quantity_kg"),
        ({"lines": [{"category": "bread", "quantity_kg": 20_000.001}]}, "lines.0.quantity_kg"),
        ({"lines": [{"category": "bread", "quantity_kg": 1, "quantity": 1}]}, "lines.0.category"),
        ({"lines": [{"gtin": "9520000000042", "quantity": 0}]}, "lines.0.quantity"),
        ({"excluded_allergens": "卵"}, "excluded_allergens"),
        ({"note": "あ" * 501}, "note"),
        ({"note": None}, "note"),
        ({"note": "a\u0000b"}, "note"),
        ({"note": "\ud800"}, "note"),
        ({"\ud800": 1}, "\\ud800"),
        ({"lines": [{"\ud800": 1}]}, "lines.0.\\ud800"),
        ({"lines": [{"category": "bread", "quantity_kg": 1}] * 101}, "lines"),
    ],
)
def test_what_is_not_of_the_form_is_said_at_its_field(program: Program, changes: dict[str, object], field: str):
    answer = program.post("orders/", json.dumps(order(**changes)))
    errors = refused(answer, 400, "request.invalid")
    assert field in errors
    assert all(one["ja"] and one["en"] for texts in errors.values() for one in texts)
    assert not Order.objects.exists()


def test_messages_of_the_framework_come_in_both_languages(program: Program):
    body = order(lines=[])
    del body["children"]
    errors = refused(program.post("orders/", body), 400, "request.invalid")
    assert errors["children"] == [{"ja": "この項目は必須です。", "en": "This field is required."}]
    assert errors["lines"] == [{"ja": "1件から100件までにしてください。", "en": "Give 1 to 100 of them."}]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"lines": [{"category": "gold", "quantity_kg": 1}]}, "order.refused", "lines.0.category"),
        ({"lines": [{"category": "bread", "quantity_kg": 0.0005}]}, "order.refused", "lines.0.quantity_kg"),
        ({"lines": [{"gtin": "9520000000042", "quantity": 1}]}, "order.refused", "lines.0.gtin"),  # not registered
        ({"lines": [{"gtin": "9520000000043", "quantity": 1}]}, "order.refused", "lines.0.gtin"),  # check digit
        ({"lines": [{"category": "bread", "quantity_kg": 1}] * 2}, "order.refused", "lines"),
        ({"excluded_allergens": ["石"]}, "order.refused", "excluded_allergens.0"),
        ({"window": {"from": "12:00", "until": "10:00"}}, "order.refused", "window.until"),
        ({"window": {"from": "21:00", "until": "22:00"}}, "order.outside_opening_hours", "window.from"),
        ({"delivery_date": (today() - dt.timedelta(days=1)).isoformat()}, "order.day_past", "delivery_date"),
        ({"delivery_date": "1000-01-01"}, "order.day_past", "delivery_date"),
        ({"delivery_date": "9999-12-31"}, "order.too_far_ahead", "delivery_date"),
    ],
)
def test_what_the_rules_refuse_is_said_at_its_field(program: Program, changes: dict[str, object], code: str, field: str):
    allergen("卵")
    errors = refused(program.post("orders/", order(**changes)), 422, code)
    assert set(errors) == {field}
    assert not Order.objects.exists()


def test_nothing_is_ordered_changed_or_cancelled_after_the_cut_off(program: Program):
    mine = an_order(program.partner)
    cut_off(4)  # midnight four days before: yesterday
    path = f"orders/{mine.public_id}/"
    tag = program.get(path)["ETag"]
    refused(program.post("orders/", order(excluded_allergens=[])), 409, "order.cut_off_passed")
    refused(program.patch(path, {"children": 1}, If_Match=tag), 409, "order.cut_off_passed")
    refused(program.post(f"{path}cancel/"), 409, "order.cut_off_passed")
    assert Order.objects.get().version == 1


def test_without_an_agreement_nothing_is_ordered(programs: type[Program]):
    stranger = programs(PartnerFactory.create(agreement=None))
    an_order(PartnerFactory.create())  # makes the category
    refused(stranger.post("orders/", order(excluded_allergens=[])), 409, "site.no_agreement")


def test_a_change_leaves_what_it_does_not_name(program: Program):
    allergen("卵")
    first = program.post("orders/", order())
    path = f"orders/{first.json()['id']}/"
    changed = program.patch(path, {"children": 12}, If_Match=first["ETag"])
    assert changed.status_code == 200, changed.content
    before, after = first.json(), changed.json()
    assert after.pop("changed_at") is not None
    before.pop("changed_at")
    assert after == before | {"children": 12}
    lines = [{"category": "rice", "quantity_kg": 5}]
    again = program.patch(path, {"lines": lines, "excluded_allergens": []}, If_Match=changed["ETag"]).json()
    assert [(line["category"], line["asked"]) for line in again["lines"]] == [("rice", 5)]
    assert (again["excluded_allergens"], again["children"]) == ([], 12)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"window": {"from": "09:00"}}, "window.until"),
        ({"window": {}}, "window.from"),
        ({"lines": [{"category": "bread"}]}, "lines.0.quantity_kg"),
        ({"lines": []}, "lines"),
        ({"children": None}, "children"),
    ],
)
def test_what_a_change_names_it_names_whole(program: Program, changes: dict[str, object], field: str):
    mine = an_order(program.partner)
    assert field in refused(program.patch(f"orders/{mine.public_id}/", changes, If_Match="*"), 400, "request.invalid")
    mine.refresh_from_db()
    assert mine.version == 1


def test_a_change_needs_the_tag_of_what_is_there_now(program: Program):
    mine = an_order(program.partner)
    path = f"orders/{mine.public_id}/"
    tag = program.get(path)["ETag"]
    refused(program.patch(path, {"children": 1}), 428, "request.if_match_missing")
    change_order(order=mine, data=order_data(program.partner, children=41), actor=UserFactory.create())
    refused(program.patch(path, {"children": 1}, If_Match=tag), 412, "request.if_match_stale")
    refused(program.patch(path, {"children": 1}, If_Match="W/" + program.get(path)["ETag"]), 412, "request.if_match_stale")
    assert Order.objects.get().children == 41
    assert program.patch(path, {"children": 1}, If_Match=f'"x", {program.get(path)["ETag"]}').status_code == 200


def test_a_cancelled_order_stays_cancelled(program: Program):
    mine = an_order(program.partner)
    path = f"orders/{mine.public_id}/"
    answer = program.post(f"{path}cancel/")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert answer["ETag"] == program.get(path)["ETag"]
    refused(program.post(f"{path}cancel/"), 409, "order.closed")
    refused(program.patch(path, {"children": 1}, If_Match=answer["ETag"]), 409, "order.closed")
    assert Order.objects.get().status == OrderStatus.CANCELLED


def test_another_partners_order_is_not_there(program: Program):
    theirs = an_order()
    for number in (theirs.public_id, uuid.UUID(int=7)):
        path = f"orders/{number}/"
        refused(program.get(path), 404, "request.not_found")
        refused(program.patch(path, {"children": 1}, If_Match="*"), 404, "request.not_found")
        refused(program.post(f"{path}cancel/"), 404, "request.not_found")
    assert program.get("orders/").json()["results"] == []
    theirs.refresh_from_db()
    assert (theirs.version, theirs.status) == (1, OrderStatus.PLACED)


def test_a_key_for_looking_does_not_order(programs: type[Program]):
    looking = programs(PartnerFactory.create(), KeyScope.READ)
    mine = an_order(looking.partner)
    assert len(looking.get("orders/").json()["results"]) == 1
    path = f"orders/{mine.public_id}/"
    refused(looking.post("orders/", order()), 403, "auth.scope")
    refused(looking.patch(path, {"children": 1}, If_Match="*"), 403, "auth.scope")
    refused(looking.post(f"{path}cancel/"), 403, "auth.scope")
    assert Order.objects.get().version == 1


def test_the_list_is_narrowed_by_day_status_and_ones_own_number(program: Program):
    first = an_order(program.partner, external_ref="A-1")
    second = an_order(program.partner, delivery_date=DAY + dt.timedelta(days=1), external_ref="A-2")
    third = an_order(program.partner, external_ref="A-1")
    program.post(f"orders/{third.public_id}/cancel/")

    def found(query: str) -> list[str]:
        return [one["id"] for one in program.get(f"orders/?{query}").json()["results"]]

    ids = [str(one.public_id) for one in (first, second, third)]
    assert found("") == ids[::-1]  # newest first
    assert found(f"date={DAY}") == [ids[2], ids[0]]
    assert found("status=placed") == [ids[1], ids[0]]
    assert found("external_ref=A-1&status=placed") == [ids[0]]
    for query, field in (("date=tomorrow", "date"), ("status=eaten", "status"), ("colour=red", "colour")):
        assert field in refused(program.get(f"orders/?{query}"), 400, "request.invalid")
    refused(program.get("orders/?cursor=nonsense"), 404, "request.not_found")


def test_pages_hold_fifty_and_ask_as_often_for_them_as_for_one(program: Program, django_assert_num_queries):
    """key; page, lines, categories, allergens; rules, shipments, what is left out."""

    def ask() -> dict[str, object]:
        with django_assert_num_queries(QUERIES):
            return program.get("orders/").json()

    actor = UserFactory.create()
    an_order(program.partner, actor=actor)
    program.get("orders/")  # notes the use of the key
    assert len(ask()["results"]) == 1
    for _ in range(55):
        an_order(program.partner, actor=actor)
    page = ask()
    assert len(page["results"]) == 50
    rest = program.get(page["next"]).json()
    assert (len(rest["results"]), rest["next"]) == (6, None)
    assert not {one["id"] for one in rest["results"]} & {one["id"] for one in page["results"]}


QUERIES = 8
