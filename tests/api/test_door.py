"""Who gets in, how errors look, how often one may ask, and what a repeat gets."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from foodbank.core.models import IdempotencyRecord
from foodbank.partners.models import Order, PartnerKey
from foodbank.partners.services.keys import revoke_key, rotate_key
from tests.api.conftest import Program, order
from tests.api.problems import refused
from tests.factories import PartnerFactory, UserFactory, an_order

pytestmark = pytest.mark.django_db
BODY: dict[str, Any] = {"excluded_allergens": []}


def test_without_a_key_nobody_gets_in(client: Client):
    answer = client.get("/api/v1/orders/")
    refused(answer, 401, "auth.missing")
    assert answer["WWW-Authenticate"] == 'Bearer realm="foodbank"'
    client.force_login(UserFactory.create())  # a coordinator's cookie opens pages, not this
    refused(client.post("/api/v1/orders/", headers={"Idempotency-Key": "1"}), 401, "auth.missing")
    refused(client.get("/api/v1/orders/", headers={"Authorization": "Basic eDp5"}), 401, "auth.missing")


def _revoked(program: Program) -> None:
    revoke_key(key=program.key, actor=UserFactory.create())


def _expired(program: Program) -> None:
    PartnerKey.objects.filter(pk=program.key.pk).update(expires_at=timezone.now())


def _partner_gone(program: Program) -> None:
    type(program.partner.site).objects.filter(pk=program.partner.site_id).update(active=False)


def _misspelt(program: Program) -> None:
    program.secret = program.secret[:-1] + ("A" if program.secret[-1] != "A" else "B")


def _in_two(program: Program) -> None:
    program.secret += " x"


def _with_an_accent(program: Program) -> None:
    program.secret = "clé"


@pytest.mark.parametrize("spoil", [_revoked, _expired, _partner_gone, _misspelt, _in_two, _with_an_accent])
def test_a_key_that_is_none_any_more_opens_nothing(program: Program, spoil: Callable[[Program], None]):
    assert program.get("orders/").status_code == 200
    spoil(program)
    answer = program.get("orders/")
    refused(answer, 401, "auth.invalid_key")
    assert answer["WWW-Authenticate"] == 'Bearer realm="foodbank", error="invalid_token"'
    assert program.secret not in answer.content.decode()


def test_a_replaced_key_and_the_new_one_both_open_for_a_while(program: Program):
    new = rotate_key(key=program.key, actor=UserFactory.create())
    assert program.get("orders/").status_code == 200
    program.secret = new.secret
    assert program.get("orders/").status_code == 200


def test_only_the_first_request_of_a_minute_is_noted(program: Program, django_assert_num_queries):
    program.get("stock/")
    noted = PartnerKey.objects.get(pk=program.key.pk).last_used_at
    assert noted is not None
    program.get("stock/")
    assert PartnerKey.objects.get(pk=program.key.pk).last_used_at == noted


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status", "code"),
    [
        ("get", "nothing/", {}, "", 404, "request.not_found"),
        ("post", "nothing/else/", {}, "", 404, "request.not_found"),
        ("get", "orders/17/", {}, "", 404, "request.not_found"),
        ("delete", "orders/", {}, "", 405, "request.method"),
        ("options", "orders/", {}, "", 405, "request.method"),
        ("get", "orders/", {"Accept": "text/html"}, "", 406, "request.not_acceptable"),
        ("post", "orders/", {"Content-Type": "text/plain"}, "{}", 415, "request.media_type"),
        ("post", "orders/", {}, "{", 400, "request.not_json"),
        ("post", "orders/", {}, "", 400, "request.invalid"),
        ("post", "orders/", {}, "[]", 400, "request.invalid"),
        ("post", "orders/", {}, "null", 400, "request.invalid"),
        ("post", "orders/", {}, "[" * 100_000, 400, "request.not_json"),
        ("post", "orders/", {}, '{"children": ' + "9" * 5_000 + "}", 400, "request.not_json"),
        ("post", "orders/", {}, '{"children": NaN}', 400, "request.not_json"),
        ("post", "orders/", {}, b'"\xff"', 400, "request.not_json"),
        ("post", "orders/", {}, b'"' + b"a" * 2_621_440 + b'"', 413, "request.too_large"),  # 2.5 MiB and the quotes
        ("patch", "orders/", {}, "{}", 405, "request.method"),
    ],
)
def test_every_refusal_is_a_problem(  # noqa: PLR0917
    program: Program, method: str, path: str, headers: dict[str, str], body: Any, status: int, code: str
):
    sent = {"Authorization": f"Bearer {program.secret}", "Idempotency-Key": "one", **headers}
    kind = sent.pop("Content-Type", "application/json")
    answer = Client().generic(method.upper(), f"/api/v1/{path}", body, content_type=kind, headers=sent)
    refused(answer, status, code)
    assert not Order.objects.exists()


@pytest.mark.parametrize("path", ["orders/", "deliveries/", "stock/"])
@pytest.mark.parametrize("cursor", ["p=", "p=abc", "p=\x00", "p=2026-13-45", "p=0001-01-01 00:00:00+14:00", "r=1&p=x", "o=-1"])
def test_a_cursor_that_is_none_of_ours_is_not_there(program: Program, path: str, cursor: str):
    made_up = base64.b64encode(cursor.encode()).decode()
    refused(program.get(f"{path}?{urlencode({'cursor': made_up})}"), 404, "request.not_found")


def test_an_address_without_its_slash_does_not_turn_an_order_into_a_look_at_orders(program: Program):
    answer = program.post("orders", order(**BODY))  # a redirect would be followed with GET: 200, and nothing ordered
    refused(answer, 404, "request.not_found")
    assert "slash" in json.loads(answer.content)["title_en"]
    assert not Order.objects.exists()


def test_a_fault_of_ours_is_a_problem_too_and_says_nothing_of_itself(program: Program, monkeypatch: pytest.MonkeyPatch):
    an_order(program.partner)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE partners_orderline RENAME COLUMN quantity_g TO elsewhere")
    quiet = Client(raise_request_exception=False)
    answer = quiet.get("/api/v1/orders/", headers={"Authorization": f"Bearer {program.secret}"})
    assert answer.status_code == 500
    content = json.loads(answer.content)
    assert (content["code"], answer["Content-Type"]) == ("fault", "application/problem+json")
    assert "quantity_g" not in answer.content.decode()


def test_the_title_is_in_the_language_that_was_asked_for(program: Program):
    english = json.loads(program.get("nothing/", Accept_Language="en").content)
    assert english["title"] == english["title_en"] == "There is no such address. Addresses end with a slash."


def test_too_many_requests_are_told_when_to_come_again(program: Program, programs: type[Program], settings: Any):
    settings.API_RATE = "3/min"
    other = programs(PartnerFactory.create())
    assert [program.get("stock/").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = program.get("stock/")
    refused(answer, 429, "request.too_many")
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert answer.json()["params"] == {"retry_after_s": int(answer["Retry-After"])}
    assert other.get("stock/").status_code == 200  # each key on its own


def test_a_post_without_a_number_is_refused(program: Program):
    refused(program.post("orders/", order(**BODY), Idempotency_Key=""), 400, "idempotency.key")
    for bad in ("x" * 129, "one two", "clé"):
        refused(program.post("orders/", order(**BODY), Idempotency_Key=bad), 400, "idempotency.key")
    assert not Order.objects.exists()


def test_a_repeat_gets_the_first_answer_to_the_byte(program: Program):
    first = program.post("orders/", order(**BODY), Idempotency_Key="one")
    again = program.post("orders/", order(**BODY), Idempotency_Key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert [first[name] for name in ("Location", "ETag", "Content-Type")] == [
        again[name] for name in ("Location", "ETag", "Content-Type")
    ]
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Order.objects.count() == 1


def test_the_same_json_written_differently_is_a_repeat_and_another_is_not(program: Program):
    content = order(**BODY)
    program.post("orders/", content, Idempotency_Key="one")
    turned = json.dumps(dict(reversed(content.items())), indent=3)
    assert program.post("orders/", turned, Idempotency_Key="one")["Idempotency-Replayed"] == "true"
    refused(program.post("orders/", order(**BODY, children=41), Idempotency_Key="one"), 422, "idempotency.other_body")
    mine = Order.objects.get()
    refused(program.post(f"orders/{mine.public_id}/cancel/", Idempotency_Key="one"), 422, "idempotency.other_body")
    assert Order.objects.get().version == 1


def test_what_was_refused_is_refused_again_the_same_way(program: Program):
    bad = order(**BODY, children=-1)
    first = program.post("orders/", bad, Idempotency_Key="one")
    again = program.post("orders/", bad, Idempotency_Key="one")
    refused(again, 400, "request.invalid")
    assert again.content == first.content
    assert again["Idempotency-Replayed"] == "true"


def test_while_the_first_is_worked_on_the_second_waits(program: Program):
    program.post("orders/", order(**BODY), Idempotency_Key="one")
    IdempotencyRecord.objects.update(status=None, lease_until=timezone.now() + dt.timedelta(seconds=30))
    refused(program.post("orders/", order(**BODY), Idempotency_Key="one"), 409, "idempotency.in_flight")


def test_a_new_key_of_the_same_partner_repeats_and_another_partner_does_not(program: Program, programs: type[Program]):
    program.post("orders/", order(**BODY), Idempotency_Key="one")
    assert programs(program.partner).post("orders/", order(**BODY), Idempotency_Key="one")["Idempotency-Replayed"] == "true"
    stranger = programs(PartnerFactory.create()).post("orders/", order(**BODY), Idempotency_Key="one")
    assert (stranger.status_code, "Idempotency-Replayed" in stranger) == (201, False)
    assert Order.objects.count() == 2
