"""Opening a pickup day with its slots and, beside it, an exchange session."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.errors import FieldsRefused, Text
from foodbank.core.limits import MAX_PEOPLE
from foodbank.pantry.models import ExchangeSession, PickupDay, Slot
from foodbank.sites.models import Site, SiteKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotData:
    """``capacity`` households may come between two times."""

    start: dt.time
    end: dt.time
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionData:
    """A themed conversation for ``capacity`` people, with places in childcare."""

    theme: str
    start: dt.time
    end: dt.time
    capacity: int
    childcare_places: int = 0


@transaction.atomic
def open_pickup_day(
    *, day: dt.date, site: Site, slots: Sequence[SlotData], actor: User, session: SessionData | None = None, area: str = ""
) -> PickupDay:
    """A new pickup day. Refuses ``pickup.refused`` with what is wrong by field."""
    faults: dict[str, Text] = {}
    if site.kind != SiteKind.VENUE:
        faults["site"] = Text("受取会場を選んでください。", "Choose a pickup venue.")
    elif PickupDay.objects.filter(day=day, site=site).exists():
        faults["site"] = Text("この会場には、この日の受取日がもうあります。", "This venue has a pickup day on that day already.")
    if not slots:
        faults["slots"] = Text("受取枠を1つ以上入力してください。", "Enter at least one slot.")
    for slot in slots:
        if slot.end <= slot.start or not 1 <= slot.capacity <= MAX_PEOPLE:
            faults["slots"] = Text("受取枠の時間と世帯数を確かめてください。", "Check the times and places of the slots.")
    for before, after in pairwise(sorted(slots, key=lambda slot: slot.start)):
        if after.start < before.end:
            faults["slots"] = Text("受取枠の時間が重なっています。", "Slots overlap.")
    if session is not None and session_faults(session):
        faults["session"] = Text("交流会のテーマ・時間・定員を確かめてください。", "Check the session's theme, times and places.")
    if faults:
        raise FieldsRefused("pickup.refused", faults)
    pickup_day = PickupDay.objects.create(day=day, site=site, area=area.strip()[:60])
    Slot.objects.bulk_create(
        [Slot(pickup_day=pickup_day, start=slot.start, end=slot.end, capacity=slot.capacity) for slot in slots]
    )
    if session is not None:
        ExchangeSession.objects.create(
            pickup_day=pickup_day,
            theme=session.theme,
            start=session.start,
            end=session.end,
            capacity=session.capacity,
            childcare_places=session.childcare_places,
        )
    return pickup_day


def session_faults(data: SessionData) -> dict[str, Text]:
    """What is wrong with it, by field."""
    faults: dict[str, Text] = {}
    if not data.theme.strip() or len(data.theme) > 200:
        faults["theme"] = Text("テーマを1～200文字で入力してください。", "The theme has 1 to 200 characters.")
    if data.end <= data.start:
        faults["end"] = Text("終わりは始まりより後にしてください。", "The end comes after the start.")
    if not 1 <= data.capacity <= MAX_PEOPLE:
        faults["capacity"] = Text("定員を1以上で入力してください。", "Enter at least 1 place.")
    if not 0 <= data.childcare_places <= MAX_PEOPLE:
        faults["childcare_places"] = Text("託児枠を0以上で入力してください。", "Enter 0 or more places in childcare.")
    return faults
