"""The examples of docs/howto-api.md do what they say."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from django.http import HttpResponse
from django.test import Client

from deploy.tools.process import ROOT
from foodbank.partners.models import Order, OrderStatus
from logistics.dispatch.models import DeliveryReceipt, Shipment
from tests.api.conftest import DAY, Program
from tests.factories import allergen
from tests.factories.deliveries import a_delivery, handed_over

pytestmark = pytest.mark.django_db
PAGE = (ROOT / "docs" / "howto-api.md").read_text(encoding="utf-8")


def run(command: str, known: dict[str, str]) -> HttpResponse:
    """One ``curl``, with its ``$NAMES`` filled in."""
    words = [re.sub(r"\$([A-Z]+)", lambda name: known[name[1]], word) for word in shlex.split(command.replace("\\\n", " "))]
    assert words.pop(0) == "curl"
    method, headers, body, address = "GET", {}, "", ""
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, value = words.pop(0).split(": ", 1)
            headers[name] = value
        elif word == "-d":
            body = words.pop(0)
        else:
            address = word
    return Client().generic(method, address, body, content_type=headers.pop("Content-Type", "application/json"), headers=headers)


def test_every_example_works_in_the_order_of_the_page(program: Program):
    allergen("卵")
    came = handed_over(a_delivery(program.partner))
    known = {"KEY": program.secret, "BASE": "http://testserver", "DELIVERY": str(came.public_id)}
    unit = Shipment.objects.get(drop_stop=came.stop).unit
    statuses = []
    for example in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL):
        answer = run(example.replace("2026-12-05", DAY.isoformat()).replace("u17", unit), known)
        statuses.append(answer.status_code)
        if "id" in (answer.json() if answer.status_code < 300 else {}):
            known |= {"ID": answer.json()["id"], "ETAG": answer.get("ETag", "")}
    assert statuses == [200, 201, 200, 200, 200, 200, 201]
    mine = Order.objects.get(external_ref="A-17")
    assert (mine.children, mine.status) == (32, OrderStatus.CANCELLED)
    assert DeliveryReceipt.objects.get().lines.get().missing == 1


def test_the_error_on_the_page_is_the_one_that_is_given(program: Program):
    allergen("卵")
    (shown,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    body = {
        "delivery_date": "2020-01-01", "window": {"from": "10:00", "until": "12:00"}, "children": 1,
        "lines": [{"category": "bread", "quantity_kg": 1}],
    }  # fmt: skip
    assert json.loads(program.post("orders/", body).content) == json.loads(shown)
