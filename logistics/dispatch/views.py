"""The coordinator's pages of the day."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from foodbank.accounts.access import coordinator_required
from foodbank.core.dates import today as today_in_japan


@coordinator_required
def today(request: HttpRequest) -> HttpResponse:
    return redirect("dispatch:day", day=today_in_japan())


@coordinator_required
def day_page(request: HttpRequest, day: dt.date) -> HttpResponse:
    return render(request, "dispatch/day.html", {"day": day})
