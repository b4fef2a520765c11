"""The month's calendar: look at it, have it planned."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.core.converters import day_asked
from foodbank.core.dates import today
from foodbank.core.pages import act
from logistics.month.models import Work
from logistics.month.policies import days_in, first_of
from logistics.month.selectors.calendar_page import month_page
from logistics.month.selectors.planned import calendar_on
from logistics.month.services.planning import ask_plan

LATE_IN_MONTH = 20
"""From this day on somebody who opens the page thinks of the next month."""


@coordinator_required
def now(request: HttpRequest) -> HttpResponse:
    """The month asked for, else this one, late in it the next."""
    day = day_asked(request.GET.get("day"))
    if day is None:
        day = today()
        if day.day >= LATE_IN_MONTH:
            day = first_of(day) + dt.timedelta(days=days_in(first_of(day)))
    return redirect("month:calendar", month=first_of(day))


@coordinator_required
def calendar(request: HttpRequest, month: dt.date) -> HttpResponse:
    if month.day != 1:
        return redirect("month:calendar", month=first_of(month))
    page = month_page(calendar_on(month))
    return render(request, "month/calendar.html", {"page": page})


@require_POST
@coordinator_required
def plan(request: HttpRequest, month: dt.date) -> HttpResponse:
    return act(
        request, lambda: ask_plan(month=month, actor=actor_of(request)), done=_("計画を作り始めました。できると、このページに出ます。"),
        back=reverse("month:calendar", args=[first_of(month)]),
    )  # fmt: skip


@coordinator_required
def progress(request: HttpRequest, month: dt.date) -> HttpResponse:
    """The part of the page that asks again every second while a plan is being made; when it is over, the whole page is read anew."""
    found = calendar_on(month)
    if found.work not in (Work.WAITING, Work.RUNNING) or not request.htmx:  # type: ignore[attr-defined]
        address = reverse("month:calendar", args=[found.first])
        return HttpResponse(headers={"HX-Redirect": address}) if request.htmx else redirect(address)  # type: ignore[attr-defined]
    return render(request, "month/parts/planner.html", {"page": {"calendar": found, "busy": True, "first": found.first}})
