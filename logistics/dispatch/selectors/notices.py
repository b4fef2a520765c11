"""Calls to make and letters that did not arrive, with the names of those they are for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from foodbank.accounts.models import User
from foodbank.core.models import OutboxMessage
from foodbank.donations.models import Donor
from foodbank.messaging.models import CallState, CallToMake
from foodbank.messaging.template import Said
from foodbank.messaging.words import TEMPLATES
from foodbank.pantry.models import Household
from foodbank.partners.models import Partner

SHOWN = 100
"""Of each list; the oldest calls and the newest letters first."""


@dataclass(frozen=True, slots=True)
class Who:
    """``name`` of an organisation or a volunteer, or a household's code; ``phone`` is never a household's: those who may read it open
    the page of ``household`` (primary key) and say why (P7)."""

    name: str
    phone: str = ""
    household: int | None = None


@dataclass(frozen=True, slots=True)
class CallView:
    call: CallToMake
    who: Who
    said: Said


@dataclass(frozen=True, slots=True)
class LetterView:
    letter: OutboxMessage
    who: Who
    subject: str

    @property
    def dead(self) -> bool:
        return self.letter.state == "dead"


@dataclass(frozen=True, slots=True)
class Notices:
    calls: list[CallView]
    made: list[CallView]
    letters: list[LetterView]


def notices() -> Notices:
    """Seven queries at most: open calls, calls made today, letters, and one for each kind of addressee."""
    language: Literal["ja", "en"] = "en" if (get_language() or "").startswith("en") else "ja"
    calls = list(CallToMake.objects.filter(state=CallState.OPEN).order_by("created_at", "pk")[:SHOWN])
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    made = list(
        CallToMake.objects.filter(state=CallState.DONE, done_at__gte=midnight)
        .select_related("actor")
        .order_by("-done_at")[:SHOWN]
    )
    letters = list(OutboxMessage.objects.unsent().order_by("state", "-pk")[:SHOWN])
    who = _names([*((c.to_kind, c.to_pk) for c in [*calls, *made]), *(_addressee(letter) for letter in letters)])

    def view(call: CallToMake) -> CallView:
        neutral = call.to_kind == "household"  # what is said aloud on a telephone that somebody else may answer
        said = TEMPLATES[call.template].say(call.params, language=language, neutral=neutral)
        return CallView(call, who[call.to_kind, call.to_pk], said)

    return Notices(
        [view(call) for call in calls],
        [view(call) for call in made],
        [LetterView(letter, who[_addressee(letter)], _subject(letter, language)) for letter in letters],
    )


def _addressee(letter: OutboxMessage) -> tuple[str, int]:
    to = letter.payload.get("to") or {}
    return str(to.get("kind", letter.topic)), int(to.get("pk", 0))


def _subject(letter: OutboxMessage, language: Literal["ja", "en"]) -> str:
    template = TEMPLATES.get(letter.payload.get("template", ""))
    return template.say(letter.payload["params"], language=language).subject if template is not None else letter.topic


def _names(people: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Who]:
    by_kind: dict[str, set[int]] = defaultdict(set)
    for kind, pk in people:
        by_kind[kind].add(pk)
    found: dict[tuple[str, int], Who] = defaultdict(lambda: Who(_("もう登録がない相手")))
    for donor in Donor.objects.filter(pk__in=by_kind["donor"]).select_related("site"):
        found["donor", donor.pk] = Who(donor.site.name, donor.site.phone)
    for partner in Partner.objects.filter(pk__in=by_kind["partner"]).select_related("site"):
        found["partner", partner.pk] = Who(partner.site.name, partner.site.phone)
    for user in User.objects.filter(pk__in=by_kind["user"]):
        found["user", user.pk] = Who(user.shown_name)
    for household in Household.objects.known().filter(pk__in=by_kind["household"]):
        found["household", household.pk] = Who(household.code, household=household.pk)
    return found
