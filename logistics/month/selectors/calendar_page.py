"""The page of a month: grid, what is wrong, and what each site gets."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from foodbank.core.dates import today
from foodbank.core.errors import Text
from foodbank.core.forms import own_language
from logistics.month.models import Calendar, CalendarChange, Candidate, PlannedVisit, Weekday
from logistics.month.policies import days_in, public_holidays
from logistics.month.selectors.planned import planned_visits
from logistics.month.selectors.question import Question, begun_visits, month_question
from logistics.month.selectors.words import HARD, change_text, fault_text, reason_text, site_text, travel_text
from logistics.solver.month.check import month_faults
from logistics.solver.month.shortage import held_back


@dataclass(frozen=True, slots=True)
class Wrong:
    """``text`` says what and how to mend it; with a ``hard`` one the calendar cannot be accepted."""

    text: Text
    hard: bool

    @property
    def words(self) -> str:
        return own_language(self.text)


@dataclass(frozen=True, slots=True)
class Entry:
    """A visit in the grid. ``fixed``: a plan of its day drives there already, or the day is over; nothing can be changed."""

    row: PlannedVisit
    faults: list[Wrong]
    waited: int | None
    fixed: bool

    @property
    def hard(self) -> bool:
        return any(fault.hard for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Cell:
    day: dt.date
    inside: bool
    holiday: str
    cars: list[str]
    entries: list[Entry]
    past: bool

    @property
    def empty(self) -> bool:
        return not self.entries and not self.holiday

    @property
    def weekday(self) -> str:
        return str(Weekday(self.day.weekday()).label)


@dataclass(frozen=True, slots=True)
class SiteRow:
    """What a site gets: ``longest`` are the most days from one visit to the next, the last one before the month included."""

    candidate: Candidate
    entries: list[Entry]
    longest: int | None
    why: Text
    short: Text | None
    change: Text | None

    @property
    def why_words(self) -> str:
        return own_language(self.why)

    @property
    def short_words(self) -> str:
        return own_language(self.short) if self.short else ""

    @property
    def change_words(self) -> str:
        return own_language(self.change) if self.change else ""


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    unit: str = ""
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class MonthPage:
    calendar: Calendar
    first: dt.date
    previous: dt.date
    following: dt.date
    over: bool
    busy: bool
    weeks: list[list[Cell]]
    sites: list[SiteRow]
    wrong: list[Wrong]
    figures: list[Figure]
    candidates: int
    cars: int
    undoable: str
    question: Question

    @property
    def entries(self) -> list[Entry]:
        return [entry for row in self.sites for entry in row.entries]

    @property
    def travel_words(self) -> str:
        """Where the driving times come from."""
        return own_language(travel_text(self.question.roads))

    @property
    def acceptable(self) -> bool:
        return bool(self.entries) and not any(one.hard for one in self.wrong)


def month_page(calendar: Calendar) -> MonthPage:
    """The month as it stands; a fixed number of queries (a test pins it)."""
    planned = planned_visits(calendar)
    question = month_question(calendar, planned)
    first, days = calendar.first, days_in(calendar.first)
    visits = question.as_visits(planned)
    faults: dict[tuple[int, int], list[Wrong]] = defaultdict(list)
    wrong = []
    for fault in month_faults(question.problem, visits):
        one = Wrong(fault_text(question, fault), fault.code in HARD)
        faults[fault.visit.site, fault.visit.day].append(one)
        wrong.append(one)
    begun = begun_visits(calendar)
    by_day: dict[dt.date, list[Entry]] = defaultdict(list)
    sites = []
    held = held_back(question.problem, visits)
    for index in range(len(question.candidates)):
        entries = _entries(question, index, planned, faults, begun)
        for entry in entries:
            by_day[entry.row.day].append(entry)
        sites.append(_site_row(question, index, entries, held[index], calendar))
    undoable = CalendarChange.objects.filter(calendar_id=calendar.pk).values_list("what", flat=True).first()
    following = first + dt.timedelta(days=days)
    return MonthPage(
        calendar=calendar,
        first=first,
        previous=(first - dt.timedelta(days=1)).replace(day=1),
        following=following,
        over=following <= today(),
        busy=calendar.busy(timezone.now()),
        weeks=_weeks(first, days, by_day, question),
        sites=sites,
        wrong=wrong,
        figures=_figures(sites, planned, wrong),
        candidates=len(question.candidates),
        cars=len(question.cars),
        undoable=undoable or "",
        question=question,
    )


def wrong_with(visit: PlannedVisit) -> list[Wrong]:
    """What is wrong with one visit where it stands, its neighbours on the same car and at the same site considered."""
    planned = planned_visits(visit.calendar)
    question = month_question(visit.calendar, planned)
    index, day = question.index(visit.candidate_id), question.number(visit.day)
    found = []
    for fault in month_faults(question.problem, question.as_visits(planned)):
        about = [fault.visit, *([fault.other] if fault.other else [])]
        if any((one.site, one.day) == (index, day) for one in about):
            found.append(Wrong(fault_text(question, fault), fault.code in HARD))
    return found


def _entries(
    question: Question,
    index: int,
    planned: list[PlannedVisit],
    faults: dict[tuple[int, int], list[Wrong]],
    begun: set[tuple[int, dt.date]],
) -> list[Entry]:
    candidate, found = question.candidates[index], []
    before = question.problem.sites[index].last_visit
    for row in planned:
        if row.candidate_id != candidate.pk:
            continue
        day = question.number(row.day)
        fixed = day < question.problem.free_from or (candidate.site_id, row.day) in begun
        found.append(Entry(row, faults[index, day], None if before is None else day - before, fixed))
        before = day
    return found


def _site_row(question: Question, index: int, entries: list[Entry], held: str, calendar: Calendar) -> SiteRow:
    candidate, site = question.candidates[index], question.problem.sites[index]
    remark = next((one for one in calendar.remarks if one["candidate"] == candidate.pk), None)
    missing = site.least - len(entries)
    short = change = None
    if missing > 0 and remark is not None:
        short, change = reason_text(remark["reason"], missing), change_text(remark["change"], calendar.first)
    gaps = [entry.waited for entry in entries if entry.waited is not None]
    return SiteRow(
        candidate=candidate,
        entries=entries,
        longest=max(gaps, default=None),
        why=site_text(
            households=candidate.households,
            waited=None if site.last_visit is None else -site.last_visit,
            past=site.past_visits,
            held_back=held,
        ),
        short=short,
        change=change,
    )


def _weeks(first: dt.date, days: int, by_day: dict[dt.date, list[Entry]], question: Question) -> list[list[Cell]]:
    holidays = public_holidays(first, get_language() or "ja")
    cars: dict[dt.date, list[str]] = defaultdict(list)
    for one in question.outings:
        cars[one.day].append(one.vehicle.code)
    start = first - dt.timedelta(days=first.weekday())
    last = first + dt.timedelta(days=days - 1)
    weeks = []
    while start <= last:
        weeks.append(
            [
                Cell(
                    day=day,
                    inside=first <= day <= last,
                    holiday=holidays.get(day, ""),
                    cars=cars[day],
                    entries=sorted(by_day[day], key=lambda entry: (entry.row.start, entry.row.candidate.site.code)),
                    past=question.number(day) < question.problem.free_from,
                )
                for day in (start + dt.timedelta(days=n) for n in range(7))
            ]
        )
        start += dt.timedelta(days=7)
    return weeks


def _figures(sites: list[SiteRow], planned: list[PlannedVisit], wrong: list[Wrong]) -> list[Figure]:
    short = sum(row.candidate.active and len(row.entries) < row.candidate.least_visits for row in sites)
    visited = sum(bool(row.entries) for row in sites)
    return [
        Figure(_("訪問"), str(len(planned)), _("回")),
        Figure(_("のべ世帯"), f"{sum(row.households for row in planned):,}", _("世帯")),
        Figure(_("訪問する会場"), f"{visited} / {len(sites)}"),
        Figure(_("最低に足りない会場"), str(short), tone="bad" if short else ""),
        Figure(_("確かめること"), str(len(wrong)), tone="bad" if wrong else ""),
    ]
