"""What comes when, and the partner's word that it came."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from foodbank.partners.models import KeyScope
from logistics.dispatch.models import (
    Delivery,
    DeliveryReceipt,
    DeliveryState,
    FailReason,
    Shipment,
    ShipmentProgress,
    StopProgress,
    StopState,
    Unserved,
    UnservedKind,
)
from logistics.dispatch.services import handover
from tests.api.conftest import DAY, Program
from tests.api.problems import refused
from tests.factories import PartnerFactory, UserFactory, an_order
from tests.factories.deliveries import a_delivery, handed_over
from tests.factories.under_way import Clock

pytestmark = pytest.mark.django_db
QUERIES = 10


def test_a_delivery_says_what_comes_and_when(program: Program):
    coming = a_delivery(program.partner, units=6, last_day=DAY + dt.timedelta(days=5))
    (shown,) = program.get("deliveries/").json()["results"]
    assert (shown["id"], shown["order_id"]) == (str(coming.public_id), str(coming.order.public_id))
    assert (shown["state"], shown["delivered_at"], shown["receipt"]) == ("scheduled", None, None)
    assert dt.datetime.fromisoformat(shown["eta"]) == coming.eta
    (line,) = shown["lines"]
    assert (line["quantity"], line["quantity_kg"], line["zone"]) == (6, 6.0, "chilled")  # 6 × 1 kg
    assert line["last_date"] == (DAY + dt.timedelta(days=5)).isoformat()
    assert line["lot"]
    assert line["allergens"]["contains"] == []
    assert "卵" not in line["allergens"]["unknown"]


def test_the_time_of_arrival_is_live(program: Program):
    coming = a_delivery(program.partner)
    later = coming.eta + dt.timedelta(minutes=25)
    Delivery.objects.update(eta=later, state=DeliveryState.ON_THE_WAY)
    (shown,) = program.get(f"deliveries/?date={DAY}").json()["results"]
    assert (dt.datetime.fromisoformat(shown["eta"]), shown["state"]) == (later, "on_the_way")
    assert program.get(f"deliveries/?date={DAY + dt.timedelta(days=1)}").json()["results"] == []


def test_a_driver_who_says_to_be_late_moves_it_at_once(program: Program, monkeypatch: pytest.MonkeyPatch):
    coming = a_delivery(program.partner)
    actor, clock = UserFactory.create(), Clock(monkeypatch)
    depot = coming.stop.route.stops.get(sequence=1)
    clock(depot.start)
    handover.load_all(stop=depot, actor=actor)
    handover.finish_stop(stop=depot, actor=actor)
    later = coming.stop.start + dt.timedelta(minutes=40)
    handover.say_late(stop=coming.stop, expected_at=later, actor=actor)
    (shown,) = program.get("deliveries/").json()["results"]
    assert (dt.datetime.fromisoformat(shown["eta"]), shown["state"]) == (later, "on_the_way")


def test_the_order_says_what_the_plan_gives_and_what_came(program: Program):
    coming = a_delivery(program.partner, units=6)
    path = f"orders/{coming.order.public_id}/"
    (line,) = program.get(path).json()["lines"]
    assert (line["asked_g"], line["allocated"], line["allocated_g"], line["delivered"]) == (12_500, 6.0, 6_000, 0)
    handed_over(coming)
    ShipmentProgress.objects.update(dropped=4)
    (line,) = program.get(path).json()["lines"]
    assert (line["allocated"], line["delivered"], line["delivered_g"]) == (6.0, 4.0, 4_000)  # 4 × 1 kg


def test_an_order_says_why_it_gets_less(program: Program):
    coming = a_delivery(program.partner)
    short = an_order(program.partner)
    Unserved.objects.create(
        plan=coming.plan, kind=UnservedKind.ORDER_LINE, ref=f"{short.ref}/bread", grams=12_500, reason="no_stock",
        reason_ja="在庫がありません。", reason_en="There is none.",
    )  # fmt: skip
    (line,) = program.get(f"orders/{short.public_id}/").json()["lines"]
    assert (line["allocated"], line["reason"]) == (0, "no_stock")
    assert (line["reason_ja"], line["reason_en"]) == ("在庫がありません。", "There is none.")
    StopProgress.objects.create(
        stop=coming.stop, state=StopState.FAILED, fail_reason=FailReason.CLOSED, actor=UserFactory.create(),
        closed_at=timezone.now(),
    )  # fmt: skip
    (line,) = program.get(f"orders/{coming.order.public_id}/").json()["lines"]
    assert (line["reason"], line["reason_en"]) == ("closed", "It was closed")


def test_a_receipt_is_given_once_with_what_is_missing_and_damaged(program: Program):
    came = handed_over(a_delivery(program.partner, units=6))
    unit = Shipment.objects.get(drop_stop=came.stop).unit
    path = f"deliveries/{came.public_id}/receipt/"
    body = {"lines": [{"unit": unit, "missing": 1, "damaged": 2}], "note": "箱がぬれていました"}
    answer = program.post(path, body, Idempotency_Key="one")
    assert answer.status_code == 201, answer.content
    assert answer.json()["lines"] == [{"unit": unit, "missing": 1, "damaged": 2}]
    assert program.post(path, body, Idempotency_Key="one").content == answer.content
    refused(program.post(path, {}), 409, "delivery.confirmed")
    (shown,) = program.get("deliveries/").json()["results"]
    assert shown["receipt"] == answer.json()
    receipt = DeliveryReceipt.objects.get()
    assert (receipt.actor, receipt.lines.count()) == (program.key.user, 1)


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"lines": [{"unit": "u99"}]}, 422, "delivery.receipt_refused", "lines.0.unit"),
        ({"lines": [{"unit": "u01", "missing": 4, "damaged": 3}]}, 422, "delivery.receipt_refused", "lines"),  # of 6
        ({"lines": [{"unit": "u01"}, {"unit": "u01"}]}, 422, "delivery.receipt_refused", "lines"),
        ({"lines": [{"unit": "u01", "missing": -1}]}, 400, "request.invalid", "lines.0.missing"),
        ({"lines": [{"unit": "u01", "eaten": 1}]}, 400, "request.invalid", "lines.0.eaten"),
        ({"note": "あ" * 301}, 400, "request.invalid", "note"),
    ],
)
def test_a_receipt_that_cannot_be_is_refused(program: Program, body: object, status: int, code: str, field: str):
    came = handed_over(a_delivery(program.partner, units=6))
    assert set(refused(program.post(f"deliveries/{came.public_id}/receipt/", body), status, code)) == {field}
    assert not DeliveryReceipt.objects.exists()


def test_what_has_not_come_is_not_confirmed(program: Program):
    coming = a_delivery(program.partner)
    refused(program.post(f"deliveries/{coming.public_id}/receipt/", {}), 409, "delivery.not_delivered")


def test_another_partners_delivery_is_not_there(program: Program, programs: type[Program]):
    theirs = handed_over(a_delivery())
    for number in (theirs.public_id, uuid.UUID(int=7)):
        refused(program.post(f"deliveries/{number}/receipt/", {}), 404, "request.not_found")
    assert program.get("deliveries/").json()["results"] == []
    looking = programs(PartnerFactory.create(), KeyScope.READ)
    mine = handed_over(a_delivery(looking.partner, day=DAY + dt.timedelta(days=1)))
    refused(looking.post(f"deliveries/{mine.public_id}/receipt/", {}), 403, "auth.scope")
    assert not DeliveryReceipt.objects.exists()


def test_the_list_asks_as_often_for_seven_as_for_one(program: Program, django_assert_num_queries):
    a_delivery(program.partner)
    program.get("deliveries/")
    with django_assert_num_queries(QUERIES):
        assert len(program.get("deliveries/").json()["results"]) == 1
    for days in range(1, 7):
        a_delivery(program.partner, day=DAY + dt.timedelta(days=days))
    with django_assert_num_queries(QUERIES):
        assert len(program.get("deliveries/").json()["results"]) == 7
