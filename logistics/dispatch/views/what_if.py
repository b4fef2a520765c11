"""The coordinator's pages for "what if": choose changes, see what would come of them, look longer for a fix."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.core.errors import Refusal
from foodbank.core.forms import own_language
from foodbank.core.pages import act
from logistics.dispatch.models import Plan, Unserved, WhatIf
from logistics.dispatch.planner.change_codes import Known, changed
from logistics.dispatch.selectors.day_page import nobody_plans
from logistics.dispatch.selectors.what_if import change_rows, earlier, result_page
from logistics.dispatch.services.what_if import ask, known_of, look_up, request_stop
from logistics.dispatch.what_if_forms import FORMS, ChangeForm


@coordinator_required
def what_if(request: HttpRequest, day: dt.date) -> HttpResponse:
    """Choose changes: those of the address, and one more from the small forms. Nothing is stored before somebody asks."""
    plan = Plan.objects.defer("document").current(day)
    if plan is None:
        return render(request, "dispatch/what_if.html", {"day": day, "plan": None})
    known, codes, status = known_of(day), request.GET.getlist("change"), 200
    after, made = known, []
    try:
        facts, done = changed(known, codes)
        made = [(change.code, own_language(words)) for change, words in done]
        after = replace(known, day=facts)
    except Refusal as refusal:
        messages.error(request, own_language(refusal.text))
        codes, status = [], refusal.status
    asked = request.GET.get("add", "")
    forms = [form for kind in FORMS if (form := _form(kind, request, after, asked)).possible]
    for form in forms:
        if form.is_bound and form.is_valid():
            return redirect(_address(day, [*codes, form.code]))
    context = {
        "day": day,
        "plan": plan,
        "changes": [
            (row, _address(day, [c for n, c in enumerate(codes) if n != number]))
            for number, row in enumerate(change_rows(made, day))
        ],
        "codes": codes,
        "forms": forms,
        "earlier": earlier(plan),
    }
    return render(request, "dispatch/what_if.html", context, status=422 if any(f.is_bound for f in forms) else status)


@require_POST
@coordinator_required
def what_if_start(request: HttpRequest, day: dt.date) -> HttpResponse:
    plan, codes = Plan.objects.defer("document").current(day), request.POST.getlist("change")
    if plan is None:
        return redirect(_address(day, []))
    try:
        seconds = float(request.POST.get("seconds", ""))
    except ValueError:
        seconds = math.nan
    try:
        row = ask(plan=plan, changes=codes, seconds=seconds, actor=actor_of(request))
    except Refusal as refusal:
        messages.error(request, own_language(refusal.text))
        return redirect(_address(day, codes))
    return redirect("dispatch:what_if_result", pk=row.pk)


@require_POST
@coordinator_required
def look_further(request: HttpRequest, pk: int) -> HttpResponse:
    """Look longer into one thing that the plan leaves out."""
    unserved = get_object_or_404(Unserved.objects.select_related("plan").defer("plan__document"), pk=pk)
    try:
        row = look_up(unserved=unserved, actor=actor_of(request))
    except Refusal as refusal:
        messages.error(request, own_language(refusal.text))
        return redirect(f"{reverse('dispatch:day', args=[unserved.plan.day])}#unserved")
    return redirect("dispatch:what_if_result", pk=row.pk)


@coordinator_required
def what_if_result(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer, or how far it is: that part asks again every second, and the whole page is read anew when it is over."""
    found = get_object_or_404(WhatIf.objects.select_related("plan", "unserved").defer("plan__document"), pk=pk)
    context = {"day": found.plan.day, "what_if": found, "nobody_plans": nobody_plans(found)}
    if request.htmx:  # type: ignore[attr-defined]
        if not found.runs:
            return HttpResponse(headers={"HX-Redirect": reverse("dispatch:what_if_result", args=[found.pk])})
        return render(request, "dispatch/parts/what_if_progress.html", context)
    return render(request, "dispatch/what_if_result.html", context | {"page": result_page(found)})


@require_POST
@coordinator_required
def what_if_stop(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(WhatIf, pk=pk)
    return act(
        request, lambda: request_stop(what_if=found, actor=actor_of(request)), done=_("止めています。ここまでの結果を出します。"),
        back=reverse("dispatch:what_if_result", args=[found.pk]),
    )  # fmt: skip


def _form(kind: type[ChangeForm], request: HttpRequest, known: Known, asked: str) -> ChangeForm:
    return kind(request.GET, known=known) if kind.kind == asked else kind(known=known)


def _address(day: dt.date, codes: Sequence[str]) -> str:
    query = urlencode([("change", code) for code in codes])
    return reverse("dispatch:what_if", args=[day]) + (f"?{query}" if query else "")
