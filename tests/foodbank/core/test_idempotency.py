"""A request that comes twice is done once, and gets the first answer again (R4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from foodbank.catalog.models import Category
from foodbank.core import idempotency
from foodbank.core.errors import Refusal
from foodbank.core.idempotency import KEPT, LEASE, Answer, LeaseLost, fingerprint, forget_old, once
from foodbank.core.models import IdempotencyRecord

pytestmark = pytest.mark.django_db(transaction=True)


def write(code: str = "made") -> None:
    """Something that a rolled back request must not leave behind."""
    Category.objects.create(code=code, name=code, name_en=code)


def made() -> bool:
    return Category.objects.filter(code="made").exists()


def ask(run: Callable[[], Answer], *, key: str = "k", scope: str = "user:1", body: bytes = b"body") -> Answer:
    return once(scope=scope, key=key, fingerprint=fingerprint(b"POST", b"/x/", body), run=run)


def create() -> Answer:
    write()
    return Answer(201, b'{"id": 1}', "application/json", {"Location": "/x/1/"})


def refused(code: str, run: Callable[[], Answer], **more: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        ask(run, **more)  # type: ignore[arg-type]
    assert caught.value.code == code
    return caught.value


def test_a_repeat_gets_the_first_answer_and_does_nothing():
    first = ask(create)
    again = ask(create)  # would break on the code that must be unique
    assert (first.replayed, again.replayed) == (False, True)
    assert (again.status, again.body, again.content_type, again.headers) == (
        first.status,
        first.body,
        first.content_type,
        first.headers,
    )
    assert Category.objects.filter(code="made").count() == 1


def test_the_same_key_with_another_body_is_refused():
    ask(create)
    assert refused("idempotency.other_body", create, body=b"other").status == 422


def test_two_people_may_use_the_same_key():
    ask(create)
    assert not ask(lambda: Answer(200), scope="user:2").replayed


@pytest.mark.parametrize("key", ["", "x" * 129])
def test_a_key_is_needed_and_not_endless(key: str):
    assert refused("idempotency.key", create, key=key).status == 400
    assert not made()


def test_while_the_first_is_worked_on_the_second_is_told_to_wait():
    seen: list[str] = []

    def slow() -> Answer:
        IdempotencyRecord.objects.get()  # the first one's row is there for everybody
        seen.append(refused("idempotency.in_flight", create).code)
        return Answer(200)

    assert ask(slow).status == 200
    assert seen == ["idempotency.in_flight"]
    assert not made()


def test_what_is_refused_leaves_nothing_behind_and_is_refused_again_the_same_way():
    def refuse() -> Answer:
        write()
        return Answer(409, b"no")

    assert ask(refuse).status == 409
    assert not made()
    again = ask(create)
    assert (again.status, again.body, again.replayed) == (409, b"no", True)


@pytest.mark.parametrize("fault", ["answer", "exception"])
def test_after_a_fault_of_ours_the_repeat_is_worked_on(fault: str):
    def broken() -> Answer:
        write()
        if fault == "exception":
            raise LookupError
        return Answer(503, b"later")

    if fault == "exception":
        with pytest.raises(LookupError):
            ask(broken)
    else:
        assert ask(broken).status == 503
    assert not made()
    assert not IdempotencyRecord.objects.exists()
    assert ask(create).status == 201


def test_a_request_whose_server_died_is_taken_over_when_its_lease_has_run_out():
    assert idempotency._begin("user:1", "k", fingerprint(b"POST", b"/x/", b"body"), idempotency.uuid.uuid4()) is None
    refused("idempotency.in_flight", create)
    IdempotencyRecord.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert ask(create).status == 201
    assert made()


def test_who_took_longer_than_the_lease_is_rolled_back_when_a_repeat_has_taken_over():
    def slow() -> Answer:
        write()
        IdempotencyRecord.objects.update(token=idempotency.uuid.uuid4())  # somebody else's turn now
        return Answer(201)

    with pytest.raises(LeaseLost):
        ask(slow)
    assert not made()


def test_an_answer_is_kept_for_at_least_seven_days_and_not_for_ever():
    assert dt.timedelta(days=7) <= KEPT
    ask(create)
    assert forget_old(now=timezone.now() + dt.timedelta(days=7)) == 0
    assert forget_old(now=timezone.now() + KEPT + dt.timedelta(minutes=1)) == 1


def test_a_lease_outlasts_what_a_server_gives_one_request():
    """A web worker is ended after 30 seconds: by then nothing is being worked on any more."""
    assert dt.timedelta(seconds=30) <= LEASE


def test_parts_of_a_fingerprint_cannot_run_into_each_other():
    assert fingerprint(b"ab", b"c") != fingerprint(b"a", b"bc")


def test_the_first_request_costs_a_known_number_of_queries():
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as caught:
        ask(lambda: Answer(200))
    assert len([q for q in caught if not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]) == 2  # insert, update
