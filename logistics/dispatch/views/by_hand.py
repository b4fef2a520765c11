"""The coordinator's page for editing a plan by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.core.errors import Refusal
from foodbank.core.forms import own_language
from logistics.dispatch.hand_forms import version_in, wanted_edit
from logistics.dispatch.models import Plan
from logistics.dispatch.selectors.by_hand import State
from logistics.dispatch.selectors.hand_chart import hand_chart, hand_map
from logistics.dispatch.selectors.hand_page import HandPage, hand_page, touched
from logistics.dispatch.services.by_hand import accept, edit_plan, open_plan, redo, undo


@coordinator_required
def hand(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; with the script also its parts: the stop that was chosen, or the map after an edit."""
    plan = get_object_or_404(Plan, pk=pk)
    try:
        state = open_plan(plan=plan)
    except Refusal as refusal:
        messages.error(request, own_language(refusal.text))
        return redirect("dispatch:day", day=plan.day)
    chosen = request.GET.get("stop", "")
    if request.htmx and chosen:  # type: ignore[attr-defined]
        return _part(request, "hand_stop", state, hand_page(state, chosen, only=()))
    if request.htmx and request.GET.get("part") == "map":  # type: ignore[attr-defined]
        return _part(request, "hand_map", state, hand_page(state))
    return render(request, "dispatch/hand.html", _context(state, hand_page(state, chosen)))


@require_POST
@coordinator_required
def hand_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """One edit, undo or redo. With the script what it changes on the page comes back at once; a refusal too."""
    plan = get_object_or_404(Plan, pk=pk)
    before = open_plan(plan=plan)
    try:
        state = _done(request, before)
    except Refusal as refusal:
        if not request.htmx:  # type: ignore[attr-defined]
            messages.error(request, own_language(refusal.text))
            return redirect(_address(plan))
        stale = refusal.code == "dispatch.hand_changed"
        page = hand_page(before, request.POST.get("stop", ""), only=None if stale else ())
        template = "dispatch/parts/hand.html" if stale else "dispatch/parts/hand_state.html"
        answer = render(request, template, _context(before, page) | {"refusal": refusal}, status=refusal.status)
        if stale:  # what the other person did may be anywhere on the page
            answer["HX-Retarget"], answer["HX-Reswap"] = "#hand", "outerHTML"
        return answer
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(_address(plan))
    only = touched(state.kept.base, before.judged, state.judged)
    return _part(request, "hand_answer", state, hand_page(state, request.POST.get("stop", ""), only=only))


@require_POST
@coordinator_required
def hand_accept(request: HttpRequest, pk: int) -> HttpResponse:
    plan = get_object_or_404(Plan, pk=pk)
    try:
        accept(plan=plan, version=version_in(request.POST), actor=actor_of(request))
    except Refusal as refusal:
        messages.error(request, own_language(refusal.text))
        return redirect("dispatch:hand", pk=plan.pk)
    messages.success(request, _("手で直した計画を、新しい案にしました。内容を確かめて、よければ確定してください。"))
    return redirect(f"{reverse('dispatch:day', args=[plan.day])}#plan")


def _done(request: HttpRequest, seen: State) -> State:
    version, actor, plan = version_in(request.POST), actor_of(request), seen.plan
    match request.POST.get("do"):
        case "undo":
            return undo(plan=plan, version=version, actor=actor)
        case "redo":
            return redo(plan=plan, version=version, actor=actor)
    return edit_plan(plan=plan, edit=wanted_edit(request.POST, seen), version=version, actor=actor)


def _address(plan: Plan) -> str:
    return f"{reverse('dispatch:hand', args=[plan.pk])}#hand"


def _part(request: HttpRequest, name: str, state: State, page: HandPage) -> HttpResponse:
    return render(request, f"dispatch/parts/{name}.html", _context(state, page))


def _context(state: State, page: HandPage) -> dict[str, Any]:
    vans = state.kept.base.day.vans
    hours = (min((van.shift[0] for van in vans), default=0), max((van.shift[1] for van in vans), default=24 * 3600))
    return {
        "page": page,
        "plan": state.plan,
        "day": state.plan.day,
        "chart": hand_chart(page.lanes, len(vans), hours),
        "map": hand_map(page.lanes) if len(page.lanes) == len(vans) else None,
    }
