"""Adjusting a month by hand: each change says at once what is wrong with it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.core.converters import day_asked
from foodbank.core.forms import own_language
from foodbank.core.pages import act, bound, entry_page
from logistics.month.forms import AddVisitForm, VisitForm
from logistics.month.models import Calendar, PlannedVisit
from logistics.month.policies import first_of
from logistics.month.selectors.calendar_page import wrong_with
from logistics.month.services.accepting import Accepted, accept
from logistics.month.services.adjusting import add_visit, lock_visit, move_visit, remove_visit
from logistics.month.services.undo import undo


@coordinator_required
def visit_new(request: HttpRequest, month: dt.date) -> HttpResponse:
    def save(values: dict[str, Any]) -> PlannedVisit:
        return add_visit(month=month, actor=actor_of(request), **values)

    def done(visit: PlannedVisit) -> str:
        _tell_wrong(request, visit)
        return _("訪問を加えました。")

    form = bound(request, AddVisitForm, month=month, day=day_asked(request.GET.get("day")))
    return entry_page(
        request, form, save=save, template="components/entry.html", back=reverse("month:calendar", args=[first_of(month)]), done=done,
        context={"heading": _("訪問を加える")}, once=True,
    )  # fmt: skip


@coordinator_required
def visit_edit(request: HttpRequest, pk: int) -> HttpResponse:
    visit = _visit(pk)

    def save(values: dict[str, Any]) -> PlannedVisit:
        return move_visit(visit=visit, actor=actor_of(request), **values)

    def done(moved: PlannedVisit) -> str:
        _tell_wrong(request, moved)
        return _("訪問を変えました。")

    return entry_page(
        request, bound(request, VisitForm, visit=visit), save=save, template="month/visit.html", back=_back(visit), done=done,
        context={"heading": visit.candidate.site.name, "visit": visit, "wrong": wrong_with(visit)},
    )  # fmt: skip


@require_POST
@coordinator_required
def visit_lock(request: HttpRequest, pk: int) -> HttpResponse:
    visit = _visit(pk)
    locked = request.POST.get("locked") == "1"
    text = _("訪問を固定しました。作り直しても動きません。") if locked else _("固定を外しました。作り直すと動くことがあります。")
    return act(
        request, lambda: lock_visit(visit=visit, locked=locked, actor=actor_of(request)), done=text,
        back=f"{_back(visit)}#visit-{visit.pk}",
    )  # fmt: skip


@require_POST
@coordinator_required
def visit_remove(request: HttpRequest, pk: int) -> HttpResponse:
    visit = _visit(pk)
    return act(
        request, lambda: remove_visit(visit=visit, actor=actor_of(request)),
        done=_("訪問を消しました。「元に戻す」で戻せます。"), back=_back(visit),
    )  # fmt: skip


@require_POST
@coordinator_required
def undo_last(request: HttpRequest, month: dt.date) -> HttpResponse:
    return act(
        request, lambda: undo(calendar=_calendar(month), actor=actor_of(request)), done=_("一つ前に戻しました。"),
        back=reverse("month:calendar", args=[first_of(month)]),
    )  # fmt: skip


@require_POST
@coordinator_required
def accept_month(request: HttpRequest, month: dt.date) -> HttpResponse:
    told: list[Accepted] = []
    answer = act(
        request, lambda: told.append(accept(calendar=_calendar(month), actor=actor_of(request))),
        done=_("この予定で決定しました。それぞれの日の計画に入ります。"), back=reverse("month:calendar", args=[first_of(month)]),
    )  # fmt: skip
    for one in told:
        facts = {"created": one.created, "changed": one.changed, "withdrawn": one.withdrawn}
        messages.info(
            request, _("新しい訪問 %(created)d 回、変えた訪問 %(changed)d 回、取り消した訪問 %(withdrawn)d 回。") % facts
        )
        for text in one.kept:
            messages.warning(request, own_language(text))
    return answer


def _calendar(month: dt.date) -> Calendar:
    return get_object_or_404(Calendar, first=first_of(month))


def _visit(pk: int) -> PlannedVisit:
    rows = PlannedVisit.objects.select_related("calendar", "candidate__site", "vehicle")
    return get_object_or_404(rows, pk=pk)


def _back(visit: PlannedVisit) -> str:
    return reverse("month:calendar", args=[visit.calendar.first])


def _tell_wrong(request: HttpRequest, visit: PlannedVisit) -> None:
    for one in wrong_with(visit):
        messages.warning(request, one.words)
