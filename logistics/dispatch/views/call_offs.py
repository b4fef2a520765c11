"""Calling off a shop, a vehicle, a driver or the whole day: first what it changes and who will be told, then the button."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.core.errors import Refusal
from foodbank.core.pages import act
from foodbank.sites.models import Site, SiteKind
from logistics.dispatch.forms import CallOffForm
from logistics.dispatch.models import CallOff, CallOffKind
from logistics.dispatch.selectors.call_off_page import call_off_page
from logistics.dispatch.selectors.call_offs import Target, effects_of
from logistics.dispatch.services.call_off import call_off as call_it_off
from logistics.dispatch.services.call_off import undo as undo_it
from logistics.fleet.models import Shift, Vehicle


@coordinator_required
def call_offs(request: HttpRequest, day: dt.date) -> HttpResponse:
    """What can fall out on this day, and what has."""
    return render(request, "dispatch/call_offs.html", {"day": day, "page": call_off_page(day)})


@coordinator_required
def call_off(request: HttpRequest, day: dt.date, kind: str, code: str) -> HttpResponse:
    """GET shows what would happen, POST does it."""
    target = _target(day, kind, code)
    effects = effects_of(day, target)
    form = CallOffForm(request.POST or None, target=target, effects=effects, initial={"seen": effects.seen()})
    back = reverse("dispatch:call_offs", args=[day])
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        try:
            call_it_off(
                day=day, target=target, reason=values["reason"], seen=values["seen"], move_to=values.get("move_to"),
                actor=actor_of(request),
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
            if refusal.code == "call_off.changed":
                effects = effects_of(day, target)
                form.show_again(effects)
        else:
            told = ngettext("%(n)d 件のお知らせを送ります。", "%(n)d 件のお知らせを送ります。", effects.told) % {
                "n": effects.told
            }
            messages.success(request, f"{_('中止にしました。')} {told}")
            next_to_do = "dispatch:drivers" if target.kind == CallOffKind.DRIVER else "dispatch:day"
            return redirect(next_to_do, day=day)
    context = {"day": day, "target": target, "effects": effects, "form": form, "back": back}
    return render(request, "dispatch/call_off.html", context, status=422 if form.is_bound else 200)


@require_POST
@coordinator_required
def call_off_undo(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(CallOff, pk=pk)
    return act(
        request, lambda: undo_it(call_off=found, actor=actor_of(request)),
        done=_("中止を取り消しました。計画を作り直してください。"), back=reverse("dispatch:day", args=[found.day]),
    )  # fmt: skip


def _target(day: dt.date, kind: str, code: str) -> Target:
    """Raises ``Http404`` for what is not there that day."""
    match kind:
        case CallOffKind.SHOP:
            return Target(kind=CallOffKind.SHOP, site=get_object_or_404(Site, code=code, kind=SiteKind.DONOR))
        case CallOffKind.VEHICLE:
            return Target(kind=CallOffKind.VEHICLE, vehicle=get_object_or_404(Vehicle, code=code))
        case CallOffKind.DRIVER:
            shift = get_object_or_404(
                Shift.objects.select_related("driver", "vehicle"), day=day, vehicle__code=code, driver__isnull=False
            )
            return Target(kind=CallOffKind.DRIVER, driver=shift.driver, vehicle=shift.vehicle)
        case CallOffKind.DAY if code == "all":
            return Target(kind=CallOffKind.DAY)
    raise Http404
