"""A month in the database as the solver's question, and the way back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from foodbank.core.dates import today
from foodbank.sites.models import Site as Place
from foodbank.sites.models import SiteKind
from logistics.dispatch.models import PlanStatus, Stop
from logistics.dispatch.selectors.facts import place_of
from logistics.fleet.models import Vehicle
from logistics.month.models import Calendar, Candidate, PlannedVisit
from logistics.month.policies import clock, days_in, public_holidays, seconds
from logistics.month.selectors.cars import Outing, kitchen_cars, outings
from logistics.month.selectors.history import Past, past_visits
from logistics.month.selectors.travel import month_travel
from logistics.solver.month.problem import CarDay, MonthProblem, Rules, Site, Visit, Window
from logistics.travel.table import Roads


@dataclass(frozen=True)
class Question:
    """``problem`` with what its numbers stand for: site ``i`` is ``candidates[i]``, cars go by code."""

    problem: MonthProblem
    candidates: tuple[Candidate, ...]
    cars: dict[str, Vehicle]
    outings: tuple[Outing, ...]
    past: dict[int, Past]
    places: dict[str, int]
    sites: dict[str, Place]
    roads: Roads | None
    """What is kept of the roads between ``sites``; ``None``: the great circle is all there is."""

    def travel_s(self, start: str, end: str) -> int:
        """Seconds from one place to another, by their codes."""
        return self.problem.travel_s[self.places[start]][self.places[end]]

    def day(self, number: int) -> dt.date:
        return self.problem.first + dt.timedelta(days=number)

    def number(self, day: dt.date) -> int:
        return (day - self.problem.first).days

    def index(self, candidate_id: int) -> int:
        return next(i for i, candidate in enumerate(self.candidates) if candidate.pk == candidate_id)

    def as_visits(self, planned: Iterable[PlannedVisit]) -> list[Visit]:
        """Rows of the calendar as the solver sees them."""
        at = {candidate.pk: i for i, candidate in enumerate(self.candidates)}
        return [
            Visit(
                self.number(row.day), seconds(row.start), seconds(row.end), row.vehicle.code, at[row.candidate_id],
                row.households, row.locked,
            )
            for row in planned
            if row.candidate_id in at
        ]  # fmt: skip

    def times(self, visit: Visit) -> tuple[dt.date, dt.time, dt.time]:
        return self.day(visit.day), clock(visit.start_s), clock(visit.end_s)


def candidates_in_use(planned: Sequence[PlannedVisit] = ()) -> QuerySet[Candidate]:
    """Active candidates at sites in use, and those that the calendar already visits."""
    rows = Candidate.objects.filter(active=True, site__active=True, site__kind=SiteKind.MOBILE)
    rows |= Candidate.objects.filter(pk__in=[row.candidate_id for row in planned])
    return rows.select_related("site").prefetch_related("hours", "forbidden_days").order_by("site__code")


def begun_visits(calendar: Calendar) -> set[tuple[int, dt.date]]:
    """(site, day) of the calendar's accepted visits that a published or started plan drives to: they are never moved."""
    if calendar.pk is None:
        return set()
    stops = Stop.objects.filter(
        visit__planned_as__calendar=calendar, route__plan__status__in=(PlanStatus.PUBLISHED, PlanStatus.STARTED)
    )
    return set(stops.values_list("visit__site", "visit__day"))


def month_question(calendar: Calendar, planned: Sequence[PlannedVisit]) -> Question:
    """Everything that is known about the month. ``planned`` are the calendar's visits: those that are locked, lie before tomorrow or
    are begun stay, all others are open to be chosen anew. Twenty-two queries at most, whatever the month holds; nobody is asked for roads."""
    first, days = calendar.first, days_in(calendar.first)
    candidates = tuple(candidates_in_use(planned))
    cars = kitchen_cars()
    out = tuple(outings(first, days, cars))
    past = past_visits([c.site_id for c in candidates], first, first + dt.timedelta(days=days - 1))
    closed_to_most = {(day - first).days for day in public_holidays(first)}
    free_from = min(days, max(0, (today() - first).days + 1))
    begun = begun_visits(calendar)
    sites = tuple(_site(c, past.get(c.site_id, Past()), first, days, closed_to_most) for c in candidates)
    stands = [place_of(c.site) for c in candidates]
    depots = {car.depot_id: car.depot for car in cars}
    begins = {one.begins_at.pk: one.begins_at for one in out if one.begins_at is not None}
    # By code: a car may begin its day where another place of the month is.
    places = {site.code: site for site in [*(c.site for c in candidates), *depots.values(), *begins.values()]}
    at = {code: number for number, code in enumerate(places)}
    travel = month_travel(places, out)
    problem = MonthProblem(
        first=first,
        days=days,
        sites=sites,
        car_days=tuple(
            CarDay(
                car=one.vehicle.code,
                day=(one.day - first).days,
                depot=at[one.vehicle.depot.code],
                start_s=seconds(one.start),
                end_s=seconds(one.end),
                capacity_g=one.capacity_g,
                sites=frozenset(i for i, place in enumerate(stands) if one.may_stand_at(place)),
                break_s=one.break_minutes * 60,
                begins=at[one.begins_at.code] if one.begins_at is not None else None,
                most_visits=one.vehicle.max_stops,
            )
            for one in out
        ),
        travel_s=tuple(tuple(row) for row in travel.seconds.tolist()),
        travel_m=tuple(tuple(row) for row in travel.metres.tolist()),
        free_from=free_from,
        rules=Rules(),
    )
    question = Question(problem, candidates, {car.code: car for car in cars}, out, past, at, places, travel.roads)
    stay = [
        row for row in planned if row.locked or (row.day - first).days < free_from or (row.candidate.site_id, row.day) in begun
    ]
    return replace(question, problem=replace(problem, locks=tuple(question.as_visits(stay))))


def _site(candidate: Candidate, past: Past, first: dt.date, days: int, holidays: set[int]) -> Site:
    closed = {(row.day - first).days for row in candidate.forbidden_days.all()}
    if not candidate.on_holidays:
        closed |= holidays
    for other in past.others:  # another hand's visit counts as one: nothing so near to it
        at = (other.day - first).days
        closed |= set(range(at - candidate.days_between + 1, at + candidate.days_between))
    usual = past.usual
    in_use = candidate.active and candidate.site.active
    hours = candidate.hours.all() if in_use else ()
    return Site(
        code=candidate.site.code,
        households=candidate.households,
        windows=tuple(Window(row.weekday, seconds(row.start), seconds(row.end)) for row in hours),
        visit_s=candidate.visit_minutes * 60,
        least=candidate.least_visits if in_use else 0,
        most=candidate.most_visits,
        gap_days=candidate.days_between,
        closed=frozenset(day for day in closed if 0 <= day < days),
        last_visit=(past.last - first).days if past.last else None,
        past_visits=len(past.visits),
        usual=(usual[0], seconds(usual[1])) if usual else None,
    )
