"""Candidate sites: what they need and when they can be visited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.sites.models import Site, SiteKind
from logistics.dispatch.models import MobileVisit
from logistics.month.models import Candidate, CandidateHours, ForbiddenDay
from logistics.month.policies import MAX_VISIT_MINUTES, MIN_VISIT_MINUTES, candidate_faults, minutes

FIRST_HOUSEHOLDS = 20
FIRST_MINUTES = 120
WORKDAYS = range(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateData:
    """What is entered of a candidate site; ``hours`` are weekday, from, until."""

    site: Site
    households: int
    visit_minutes: int
    least_visits: int
    most_visits: int
    days_between: int
    hours: Sequence[tuple[int, dt.time, dt.time]]
    on_holidays: bool = False
    active: bool = True


@transaction.atomic
def save_candidate(*, data: CandidateData, actor: User) -> Candidate:
    """Enter the site as a candidate, or correct what is known of it. Refuses ``candidate.refused`` with what is wrong by field."""
    faults = candidate_faults(
        households=data.households,
        visit_minutes=data.visit_minutes,
        least_visits=data.least_visits,
        most_visits=data.most_visits,
        days_between=data.days_between,
        hours=data.hours,
    )
    if data.site.kind != SiteKind.MOBILE:
        faults["site"] = Text("移動パントリー会場を選んでください。", "Choose a mobile pantry site.")
    if faults:
        raise FieldsRefused("candidate.refused", faults)
    candidate, _ = Candidate.objects.update_or_create(
        site=data.site,
        defaults={
            "households": data.households,
            "visit_minutes": data.visit_minutes,
            "least_visits": data.least_visits,
            "most_visits": data.most_visits,
            "days_between": data.days_between,
            "on_holidays": data.on_holidays,
            "active": data.active,
        },
    )
    candidate.hours.all().delete()
    CandidateHours.objects.bulk_create(
        [CandidateHours(candidate=candidate, weekday=weekday, start=start, end=end) for weekday, start, end in data.hours]
    )
    return candidate


@transaction.atomic
def import_sites(*, actor: User) -> list[Candidate]:
    """Make every mobile site in use that is none yet a candidate, from what is known of it: households and length from its last visit,
    else 20 households and two hours; Monday to Friday and whatever other weekdays it was visited on; hours are those of the site. Run
    again: nothing more. Returns the new ones."""
    sites = list(
        Site.objects.filter(kind=SiteKind.MOBILE, active=True, candidate__isnull=True).order_by("code").prefetch_related("visits")
    )
    return [save_candidate(data=_from_past(site, list(site.visits.all())), actor=actor) for site in sites]


def _from_past(site: Site, visits: Sequence[MobileVisit]) -> CandidateData:
    last = max(visits, key=lambda visit: (visit.day, visit.open_from), default=None)
    open_for = minutes(site.closes) - minutes(site.opens)
    wanted = minutes(last.open_until) - minutes(last.open_from) if last else FIRST_MINUTES
    weekdays = sorted({*WORKDAYS, *(visit.day.weekday() for visit in visits)})
    return CandidateData(
        site=site,
        households=last.expected_households if last else FIRST_HOUSEHOLDS,
        visit_minutes=max(MIN_VISIT_MINUTES, min(wanted, open_for, MAX_VISIT_MINUTES)),
        least_visits=1,
        most_visits=4,
        days_between=7,
        hours=[(weekday, site.opens, site.closes) for weekday in weekdays],
    )


@transaction.atomic
def forbid_day(*, candidate: Candidate, day: dt.date, actor: User) -> ForbiddenDay:
    """Nobody comes to the site on ``day``. Forbidding it again changes nothing."""
    return ForbiddenDay.objects.get_or_create(candidate=candidate, day=day)[0]


def allow_day(*, candidate: Candidate, day: dt.date, actor: User) -> None:
    """The site may be visited on ``day`` after all. Refuses ``candidate.day_not_forbidden``."""
    if not ForbiddenDay.objects.filter(candidate=candidate, day=day).delete()[0]:
        raise Refusal(
            "candidate.day_not_forbidden",
            Text("この日は、訪問できない日に入っていません。", "That day is not among the forbidden ones."),
        )
