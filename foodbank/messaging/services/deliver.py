"""The far end of the outbox: a message becomes an e-mail, or a call for a person to make."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from foodbank.core.outbox import Gone
from foodbank.messaging.addresses import Address, address_of
from foodbank.messaging.models import CallToMake
from foodbank.messaging.words import TEMPLATES


def deliver(*, payload: Mapping[str, Any], public_id: uuid.UUID) -> None:
    """Send what :func:`~foodbank.messaging.services.notify.notify` put into the outbox.

    An e-mail carries ``public_id`` as its ``Message-ID``, so that a second attempt is recognised as the same one. Who has no e-mail
    gets a :class:`~foodbank.messaging.models.CallToMake`, once. Raises :class:`~foodbank.core.outbox.Gone` when nobody of that
    number is left, and whatever the mail server raises.
    """
    to = payload["to"]
    address = address_of(to["kind"], to["pk"])
    if address is None:
        raise Gone
    if not address.email:
        _ask_for_a_call(payload, public_id)
        return
    _mail(address, payload, public_id).send()


def _mail(address: Address, payload: Mapping[str, Any], public_id: uuid.UUID) -> EmailMessage:
    words = TEMPLATES[payload["template"]].say(payload["params"], language=address.language, neutral=address.neutral)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<{public_id}@{domain}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(words.subject, words.body, to=[address.email], headers=headers)


@transaction.atomic
def _ask_for_a_call(payload: Mapping[str, Any], public_id: uuid.UUID) -> None:
    to = payload["to"]
    CallToMake.objects.get_or_create(
        message_id=public_id,
        defaults={
            "to_kind": to["kind"],
            "to_pk": to["pk"],
            "template": payload["template"],
            "params": payload["params"],
        },
    )
