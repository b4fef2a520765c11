"""A message becomes an e-mail, or a call that a person makes."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from foodbank.core.models import OutboxMessage, OutboxState
from foodbank.core.outbox import Gone, relay
from foodbank.messaging.addresses import Address
from foodbank.messaging.models import CallState, CallToMake
from foodbank.messaging.services.calls import call_again, call_made
from foodbank.messaging.services.deliver import deliver
from foodbank.messaging.services.notify import To, notify
from foodbank.messaging.template import NEUTRAL_SUBJECT
from tests.factories import DonorFactory, PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db
PARAMS = {"day_ja": "12月5日(土)", "day_en": "Saturday 5 December", "orders": "O001", "reason": "大雨のため。"}
TEMPLATE = "call_off_day_partner"


def english(pk: int) -> Address:
    return Address(email="mihon@example.jp", language="en")


def protected(pk: int) -> Address:
    return Address(email="mihon@example.jp", neutral=True)


def send(kind: str, pk: int, *, number: uuid.UUID | None = None) -> uuid.UUID:
    number = number or uuid.uuid4()
    deliver(payload={"to": {"kind": kind, "pk": pk}, "template": TEMPLATE, "params": PARAMS}, public_id=number)
    return number


def test_an_email_carries_the_number_of_its_message_so_that_a_second_one_is_recognised(settings: Any):
    settings.DEFAULT_FROM_EMAIL = "フードバンク <post@mihon.example>"
    partner = PartnerFactory.create(contact_email="kitchen@example.jp")
    number = send("partner", partner.pk)
    send("partner", partner.pk, number=number)
    first, second = mail.outbox
    assert first.to == ["kitchen@example.jp"]
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"] == f"<{number}@mihon.example>"
    assert "12月5日(土)のお届けは中止" in first.body
    assert "大雨のため。" in first.body


def test_in_the_language_and_the_wording_of_whoever_gets_it(settings: Any):
    settings.MESSAGE_ADDRESSES = {"e": f"{__name__}.english", "p": f"{__name__}.protected"}
    send("e", 1)
    send("p", 1)
    assert mail.outbox[0].subject == "No deliveries on Saturday 5 December"
    assert mail.outbox[1].subject == NEUTRAL_SUBJECT.ja
    assert "お届け" not in mail.outbox[1].body


@pytest.mark.parametrize("factory", [PartnerFactory, DonorFactory])
def test_without_an_email_somebody_is_asked_to_call_once(factory: Any):
    someone = factory.create(contact_email="")
    kind = "partner" if factory is PartnerFactory else "donor"
    number = send(kind, someone.pk)
    send(kind, someone.pk, number=number)
    call = CallToMake.objects.get()
    assert (call.to_kind, call.to_pk, call.template, call.params, call.state) == (
        kind,
        someone.pk,
        TEMPLATE,
        PARAMS,
        CallState.OPEN,
    )
    assert mail.outbox == []


@pytest.mark.parametrize("gone", ["missing", "inactive"])
def test_who_is_gone_is_told_nothing(gone: str):
    donor = DonorFactory.create(contact_email="shop@example.jp", site__active=False)
    with pytest.raises(Gone):
        send("donor", donor.pk if gone == "inactive" else 999_999)
    assert mail.outbox == []


def test_from_the_service_to_the_letter_box():
    """The whole way, with the addresses and handlers of the real settings."""
    partner = PartnerFactory.create(contact_email="kitchen@example.jp")
    with transaction.atomic():
        notify(to=To("partner", partner.pk), template=TEMPLATE, params=PARAMS, key="k")
        notify(to=To("partner", partner.pk), template=TEMPLATE, params=PARAMS, key="k")
    row = OutboxMessage.objects.get()
    assert "kitchen@example.jp" not in str(row.payload)
    relay()
    row.refresh_from_db()
    assert row.state == OutboxState.SENT
    assert [message.to for message in mail.outbox] == [["kitchen@example.jp"]]


def test_a_call_is_made_once_and_only_its_teller_takes_that_back():
    send("partner", PartnerFactory.create(contact_email="").pk)
    call = CallToMake.objects.get()
    first, second = UserFactory.create(), UserFactory.create()
    assert call_made(call=call, actor=first)
    assert not call_made(call=call, actor=second)
    call.refresh_from_db()
    assert (call.state, call.actor) == (CallState.DONE, first)
    assert not call_again(call=call, actor=second)
    assert call_again(call=call, actor=first)
    call.refresh_from_db()
    assert (call.state, call.actor, call.done_at) == (CallState.OPEN, None, None)
