"""The coordinator's pages of the day."""

from __future__ import annotations

import datetime as dt
import json
import math

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import access_of, actor_of, coordinator_required, role_required
from foodbank.accounts.models import Role
from foodbank.core.converters import day_asked
from foodbank.core.dates import today as today_in_japan
from foodbank.core.errors import Refusal
from foodbank.core.forms import own_language
from foodbank.core.pages import act
from logistics.dispatch.models import Plan, PlanJob, Stop
from logistics.dispatch.selectors.day_page import day_page as read_day
from logistics.dispatch.selectors.day_page import job_page
from logistics.dispatch.selectors.driving import may_open
from logistics.dispatch.services.jobs import request_stop, start_planning
from logistics.dispatch.services.publishing import publish as publish_plan


@coordinator_required
def today(request: HttpRequest) -> HttpResponse:
    """Today in Japan, or the day asked for."""
    return redirect("dispatch:day", day=day_asked(request.GET.get("day")) or today_in_japan())


@coordinator_required
def day_page(request: HttpRequest, day: dt.date) -> HttpResponse:
    page = read_day(day, chosen_vehicle=request.GET.get("vehicle", ""))
    return render(request, "dispatch/day.html", {"day": day, "page": page})


@require_POST
@coordinator_required
def plan_start(request: HttpRequest, day: dt.date) -> HttpResponse:
    try:
        seconds = float(request.POST.get("seconds", ""))
    except ValueError:
        seconds = math.nan
    locks = request.POST.get("locks_from", "")
    locks_from = get_object_or_404(Plan, pk=int(locks), day=day) if locks.isdecimal() else None
    try:
        start_planning(day=day, seconds=seconds, seed=1, locks_from=locks_from, actor=actor_of(request))
    except Refusal as refusal:
        messages.error(request, own_language(refusal.text))
    return redirect(f"{reverse('dispatch:day', args=[day])}#planner")


@coordinator_required
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a job is: the part of the day page that asks again every second. When it is over, the whole page is read anew."""
    found = get_object_or_404(PlanJob, pk=pk)
    page = job_page(found)
    if not page.job_runs or not request.htmx:  # type: ignore[attr-defined]
        address = reverse("dispatch:day", args=[found.day])
        if not request.htmx:  # type: ignore[attr-defined]
            return redirect(address)
        if found.plan_id is not None:
            messages.success(request, _("計画ができました。内容を確かめて、よければ確定してください。"))
        return HttpResponse(headers={"HX-Redirect": address})
    return render(request, "dispatch/parts/planner.html", {"day": found.day, "page": page})


@require_POST
@coordinator_required
def job_stop(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(PlanJob, pk=pk)
    return act(
        request, lambda: request_stop(job=found, actor=actor_of(request)), done=_("止めています。ここまでの一番よい計画を使います。"),
        back=f"{reverse('dispatch:day', args=[found.day])}#planner",
    )  # fmt: skip


@require_POST
@coordinator_required
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    plan = get_object_or_404(Plan, pk=pk)
    return act(
        request, lambda: publish_plan(plan=plan, actor=actor_of(request)), done=_("計画を確定しました。運行表を印刷できます。"),
        back=reverse("dispatch:day", args=[plan.day]),
    )  # fmt: skip


@coordinator_required
def plan_json(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as other programs read it."""
    plan = get_object_or_404(Plan, pk=pk)
    body = json.dumps(plan.document, ensure_ascii=False, indent=1)
    name = f"plan-{plan.day.isoformat()}-{plan.pk}.json"
    return HttpResponse(body, content_type="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'})


@role_required(Role.DRIVER)
def stop(request: HttpRequest, code: str) -> HttpResponse:
    """What the QR of a stop on a route sheet opens: the stop on the driver's phone, its route on the coordinator's day page."""
    found = get_object_or_404(
        Stop.objects.select_related("route__plan", "route__vehicle").defer("route__plan__document"), code=code
    )
    access = access_of(request)
    if not access.has(Role.COORDINATOR):
        if not may_open(found.route, user=actor_of(request), access=access):
            raise Http404
        return redirect("driving:stop", code=found.code)
    address = reverse("dispatch:day", args=[found.route.plan.day])
    return redirect(f"{address}?vehicle={found.route.vehicle.code}#route-{found.route.vehicle.code}")
