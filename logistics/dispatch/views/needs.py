"""いま見てほしいこと, and what is done there: dealt with, called, sent again, who drives."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import access_of, actor_of, coordinator_required
from foodbank.accounts.models import Role
from foodbank.core.errors import Refusal, Text
from foodbank.core.models import OutboxMessage
from foodbank.core.outbox import try_again
from foodbank.core.pages import act
from foodbank.inventory.models import RefusedScan
from foodbank.inventory.selectors.refused_scans import refused_scans as open_scans
from foodbank.inventory.services.refused_scans import resolve_refused_scan
from foodbank.messaging.models import CallToMake
from foodbank.messaging.services.calls import call_again, call_made
from logistics.dispatch.forms import DriverForm
from logistics.dispatch.models import Plan
from logistics.dispatch.selectors.drivers import drivers_page, may_drive
from logistics.dispatch.selectors.needs import read_needs
from logistics.dispatch.selectors.notices import notices as read_notices
from logistics.dispatch.selectors.slots import bookings_by_slot
from logistics.dispatch.services.settling import settle as settle_it
from logistics.fleet.models import Shift
from logistics.fleet.services.vehicles import set_shift

SCANS_SHOWN = 200
NOTHING_NEW = 204  # htmx leaves the page as it is, and the focus where it is


@coordinator_required
def needs(request: HttpRequest, day: dt.date) -> HttpResponse:
    """The list alone, for the page that asks again every few seconds; without a script, the whole page."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("dispatch:day", day=day)
    found = read_needs(day, Plan.objects.defer("document").current(day), bookings_by_slot(day))
    if request.GET.get("seen") == found.seen:
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "dispatch/parts/needs.html", {"day": day, "needs": found})


@require_POST
@coordinator_required
def settle(request: HttpRequest, day: dt.date) -> HttpResponse:
    return act(
        request, lambda: settle_it(day=day, what=request.POST.get("what", ""), actor=actor_of(request)),
        done=_("対応済みにしました。"), back=f"{reverse('dispatch:day', args=[day])}#needs",
    )  # fmt: skip


@coordinator_required
def notices(request: HttpRequest) -> HttpResponse:
    """Calls to make, and letters that did not arrive."""
    reads_contacts = access_of(request).has(Role.REGISTRAR)
    return render(request, "dispatch/notices.html", {"page": read_notices(), "reads_contacts": reads_contacts})


@require_POST
@coordinator_required
def call_done(request: HttpRequest, pk: int) -> HttpResponse:
    call = get_object_or_404(CallToMake, pk=pk)
    return act(
        request, lambda: call_made(call=call, actor=actor_of(request)), done=_("電話で伝えたことを記録しました。"),
        back=reverse("dispatch:notices"),
    )  # fmt: skip


@require_POST
@coordinator_required
def call_open(request: HttpRequest, pk: int) -> HttpResponse:
    call = get_object_or_404(CallToMake, pk=pk)
    return act(
        request, lambda: call_again(call=call, actor=actor_of(request)), done=_("まだ伝えていないことに戻しました。"),
        back=reverse("dispatch:notices"),
    )  # fmt: skip


@require_POST
@coordinator_required
def letter_again(request: HttpRequest, pk: int) -> HttpResponse:
    letter = get_object_or_404(OutboxMessage, pk=pk)
    return act(
        request, lambda: try_again(message=letter), done=_("もう一度送ります。"), back=f"{reverse('dispatch:notices')}#letters"
    )  # fmt: skip


@coordinator_required
def refused_scans(request: HttpRequest, day: dt.date) -> HttpResponse:
    """What the warehouse or a driver read and was told no."""
    return render(request, "dispatch/refused_scans.html", {"day": day, "scans": open_scans(day)[:SCANS_SHOWN]})


@require_POST
@coordinator_required
def scan_resolve(request: HttpRequest, pk: int) -> HttpResponse:
    scan = get_object_or_404(RefusedScan, pk=pk)
    day = timezone.localtime(scan.at).date()
    return act(
        request, lambda: resolve_refused_scan(scan=scan, actor=actor_of(request)), done=_("対応済みにしました。"),
        back=reverse("dispatch:refused_scans", args=[day]),
    )  # fmt: skip


@coordinator_required
def drivers(request: HttpRequest, day: dt.date) -> HttpResponse:
    """Who drives what on this day, and who could."""
    return render(request, "dispatch/drivers.html", {"day": day, "page": drivers_page(day)})


@require_POST
@coordinator_required
def driver_set(request: HttpRequest, day: dt.date, pk: int) -> HttpResponse:
    shift = get_object_or_404(Shift.objects.select_related("vehicle"), pk=pk, day=day)
    form = DriverForm(request.POST, drivers=may_drive(day))

    def assign() -> None:
        if not form.is_valid():
            raise Refusal(
                "driver.unknown",
                Text("この人は、この日の運転に選べません。", "This person cannot be chosen to drive on that day."),
                status=422,
            )
        set_shift(
            vehicle=shift.vehicle, day=day, start=shift.start, end=shift.end, break_minutes=shift.break_minutes,
            driver=form.cleaned_data["driver"], actor=actor_of(request),
        )  # fmt: skip

    return act(request, assign, done=_("運転する人を決めました。"), back=reverse("dispatch:drivers", args=[day]))
