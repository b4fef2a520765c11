"""A partner and its program."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from foodbank.core.dates import today
from foodbank.partners.models import KeyScope, Partner
from tests.factories import PartnerFactory, a_key, category

DAY = today() + dt.timedelta(days=3)


class Program:
    """Requests with a partner's key, as JSON; each POST with an idempotency key of its own unless one is given."""

    def __init__(self, partner: Partner, scope: KeyScope = KeyScope.ORDER) -> None:
        self.partner = partner
        self.key, self.secret = a_key(partner, scope=scope)
        self._client, self._numbers = Client(), itertools.count(1)

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self._client.get(self._address(path), headers=self._headers(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        own = {"Idempotency-Key": f"{self.key.prefix}-{next(self._numbers)}"} | headers
        return self._send("post", path, body, own)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self._send("patch", path, body, headers)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> HttpResponse:
        send = getattr(self._client, method)
        return send(self._address(path), data=body, content_type="application/json", headers=self._headers(headers))

    def _address(self, path: str) -> str:
        return path if path.startswith("http") else f"/api/v1/{path}"

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", **{name.replace("_", "-"): value for name, value in headers.items()}}


def order(**changes: Any) -> dict[str, Any]:
    """What a partner may send: bread for a day in three days."""
    plain = {
        "delivery_date": DAY.isoformat(),
        "window": {"from": "10:00", "until": "12:00"},
        "children": 40,
        "excluded_allergens": ["卵"],
        "lines": [{"category": "bread", "quantity_kg": 12.5}],
        "external_ref": "A-17",
        "note": "裏口へ",
    }
    return {**plain, **changes}


@pytest.fixture(autouse=True)
def _no_requests_yet() -> None:
    cache.clear()


@pytest.fixture
def program(db: None) -> Program:
    for code in ("bread", "rice", "dairy"):
        category(code)
    return Program(PartnerFactory.create())


@pytest.fixture
def programs(db: None) -> Callable[..., Program]:
    return Program
