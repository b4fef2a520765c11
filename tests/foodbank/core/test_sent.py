"""What a device says of its request: its number, which sorts by time, and its clock."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import RequestFactory

from foodbank.core.device import Sent, sent_by, uuid7, wants_json
from foodbank.core.templatetags.device import client_id
from tests.factories import UserFactory

NUMBER = "019c1a9e-5b6a-7c3d-8e4f-0123456789ab"


def sent(user: Any, *, header: str = "", **data: str) -> Sent:
    request = RequestFactory().post("/", data, headers={"Idempotency-Key": header} if header else {})
    request.user = user
    return sent_by(request)


def test_numbers_sort_by_time_and_say_their_version():
    made = [uuid7() for _ in range(50)]
    assert len(set(made)) == 50
    assert {(one.version, one.variant) for one in made} == {(7, uuid.RFC_4122)}
    millis = [one.int >> 80 for one in made]
    assert millis == sorted(millis)
    assert abs(millis[0] / 1000 - dt.datetime.now(dt.UTC).timestamp()) < 60


@pytest.mark.django_db
def test_the_number_comes_by_header_or_by_the_forms_hidden_field():
    user = UserFactory.create()
    assert sent(user, header=NUMBER).client_id == sent(user, client_id=NUMBER).client_id == uuid.UUID(NUMBER)
    odd = sent(user, header="tap-17").client_id
    assert odd == sent(user, header="tap-17").client_id  # the same one each time
    assert odd != sent(UserFactory.create(), header="tap-17").client_id  # and another for somebody else


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("2026-12-05T01:30:00.000Z", dt.datetime(2026, 12, 5, 1, 30, tzinfo=dt.UTC)),
        ("2026-12-05T10:30:00+09:00", dt.datetime(2026, 12, 5, 1, 30, tzinfo=dt.UTC)),
        ("2026-12-05T10:30:00", None),
        ("half past ten", None),
        ("", None),
    ],
)
def test_a_clock_without_its_zone_says_nothing(said: str, understood: dt.datetime | None):
    assert sent(UserFactory.create(), header=NUMBER, device_time=said).device_time == understood


def test_our_script_says_that_it_shows_the_answer_itself():
    make = RequestFactory()
    assert wants_json(make.get("/", headers={"Accept": "application/json"}))
    assert not wants_json(make.get("/", headers={"Accept": "text/html,application/json"}))


def test_each_rendering_of_a_form_has_a_new_number():
    assert client_id() != client_id()
