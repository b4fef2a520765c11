"""Partners' programs and people ordering at the same moment, over HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from foodbank.core.idempotency import Answer
from foodbank.core.models import IdempotencyRecord
from foodbank.partners.models import Order
from foodbank.partners.services import orders as orders_module
from foodbank.partners.services.orders import create_order
from tests.api.conftest import order
from tests.factories import PartnerFactory, UserFactory, a_key, an_order, category, order_data
from tests.races.parallel import at_once, faults
from tests.services import http

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
BODY = order(excluded_allergens=[])


@pytest.fixture
def server(transactional_db: None, tmp_path: Any):
    with http.running(tmp_path, workers=3, threads=8, API_RATE="100000/min") as address:
        yield address


def send(address: str, secret: str, method: str, path: str, body: Any, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    sent = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"{address}/api/v1/{path}", json.dumps(body).encode(), sent, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read(), dict(refused.headers)


def test_thirty_times_the_same_order_is_one_order(server: str):
    partner = PartnerFactory.create()
    category("bread")
    _, secret = a_key(partner)

    def once() -> tuple[int, bytes, dict[str, str]]:
        """A program that does not know whether it was heard asks again until it does."""
        for _ in range(200):
            answer = send(server, secret, "POST", "orders/", BODY, Idempotency_Key="one")
            if answer[0] != 409:
                return answer
        return answer

    results = at_once([once] * 30)
    assert faults(results, AssertionError) == []
    assert Counter(status for status, _, _ in results) == {201: 30}
    assert len({body for _, body, _ in results}) == 1
    assert Counter("Idempotency-Replayed" in headers for _, _, headers in results) == {True: 29, False: 1}
    assert Order.objects.count() == 1


def test_without_the_record_the_same_requests_order_thirty_times(server: str):
    """The control: what keeps it at one is the key."""
    partner = PartnerFactory.create()
    category("bread")
    _, secret = a_key(partner)
    results = at_once([lambda n=n: send(server, secret, "POST", "orders/", BODY, Idempotency_Key=f"n{n}") for n in range(30)])
    assert Counter(status for status, _, _ in results) == {201: 30}
    assert Order.objects.count() == 30
    # Each got a number of its own, in whatever order they came.
    assert sorted(Order.objects.values_list("ref", flat=True)) == [f"H{n:03d}" for n in range(1, 31)]


def test_a_reply_that_was_lost_is_given_again(server: str):
    partner = PartnerFactory.create()
    category("bread")
    _, secret = a_key(partner)
    first = send(server, secret, "POST", "orders/", BODY, Idempotency_Key="one")
    again = send(server, secret, "POST", "orders/", BODY, Idempotency_Key="one")
    assert (first[0], first[1]) == (again[0], again[1])
    assert again[2]["Idempotency-Replayed"] == "true"
    assert (Order.objects.count(), IdempotencyRecord.objects.count()) == (1, 1)


def test_of_ten_changes_of_what_all_have_read_one_is_made(server: str):
    partner = PartnerFactory.create()
    _, secret = a_key(partner)
    mine = an_order(partner)
    path = f"orders/{mine.public_id}/"
    tag = _get(server, secret, path)
    results = at_once([lambda n=n: send(server, secret, "PATCH", path, {"children": 100 + n}, If_Match=tag) for n in range(10)])
    assert faults(results, AssertionError) == []
    assert Counter(status for status, _, _ in results) == {200: 1, 412: 9}
    (kept,) = (json.loads(body)["children"] for status, body, _ in results if status == 200)
    stored = Order.objects.get()
    assert (stored.children, stored.version) == (kept, 2)


def _get(address: str, secret: str, path: str) -> str:
    request = urllib.request.Request(f"{address}/api/v1/{path}", headers={"Authorization": f"Bearer {secret}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(answer.headers["ETag"])


def _changes(expect: Callable[[Order], int | None]) -> list[Any]:
    """Six changes at once by people who have all read the same version."""
    partner, actor = PartnerFactory.create(), UserFactory.create()
    mine = an_order(partner)
    read = [Order.objects.get(pk=mine.pk) for _ in range(6)]
    return at_once(
        [
            lambda n=n, one=one: orders_module.change_order(
                order=one, data=order_data(partner, children=n), actor=actor, expected_version=expect(one)
            )
            for n, one in enumerate(read, start=1)
        ]
    )


def test_the_version_is_looked_at_under_the_lock():
    results = _changes(lambda one: one.version)
    assert [getattr(one, "code", "done") for one in results].count("done") == 1
    assert {getattr(one, "status", 412) for one in results if isinstance(one, Exception)} == {412}


def test_without_looking_at_the_version_every_change_overwrites_the_one_before():
    """The control."""
    results = _changes(lambda one: None)
    assert [one for one in results if isinstance(one, Exception)] == []
    assert Order.objects.get().version == 7  # 1 + 6 changes


def test_numbers_chosen_at_once_are_different():
    partner, actor = PartnerFactory.create(), UserFactory.create()
    category("bread")
    results = at_once([lambda: create_order(data=order_data(partner), actor=actor) for _ in range(12)])
    assert [one for one in results if isinstance(one, Exception)] == []
    assert sorted(one.ref for one in results) == [f"H{n:03d}" for n in range(1, 13)]


def test_without_the_lock_they_collide():
    """The control: reading the highest number and taking the next is not enough."""
    partner, actor = PartnerFactory.create(), UserFactory.create()
    category("bread")
    data = order_data(partner)

    def unlocked() -> Answer | None:
        with transaction.atomic():
            orders_module._stored([data])
        return None

    assert actor.pk
    results = at_once([unlocked] * 12)
    assert any(isinstance(one, IntegrityError) for one in results)
