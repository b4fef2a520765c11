"""Telling people: a row in the outbox, in the transaction of what it tells of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from foodbank.core import outbox
from foodbank.core.dates import format_day
from foodbank.messaging.words import TEMPLATES


@dataclass(frozen=True, slots=True)
class To:
    """Somebody by kind (a key of ``settings.MESSAGE_ADDRESSES``) and primary key; never an address."""

    kind: str
    pk: int


def notify(*, to: To, template: str, params: Mapping[str, str | int], key: str) -> None:
    """Tell ``to`` what ``template`` (a key of ``messaging.words.TEMPLATES``) says. ``params`` hold no personal data; the same ``key``
    is told once. Inside a transaction only (R7). Raises ``KeyError`` for an unknown template."""
    TEMPLATES[template].check(params)
    outbox.put(
        topic="message",
        payload={"to": {"kind": to.kind, "pk": to.pk}, "template": template, "params": dict(params)},
        key=key,
    )


def day_words(day: dt.date) -> dict[str, str | int]:
    """``day_ja`` and ``day_en``, as texts name a day."""
    return {"day_ja": format_day(day), "day_en": f"{day:%A} {day.day} {day:%B}"}
