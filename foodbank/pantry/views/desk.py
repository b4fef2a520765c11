"""The coordinator's side: pickup days with their slots and session, bookings by slot, figures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.core.dates import today
from foodbank.core.errors import Refusal
from foodbank.core.forms import EntryForm, own_language
from foodbank.core.listing import Column, listing
from foodbank.core.pages import act, bound, entry_page
from foodbank.pantry.forms.staff import BookingTimesForm, NewDayForm, PeriodForm, SessionForm, SlotForm, this_year
from foodbank.pantry.models import PickupDay, Slot
from foodbank.pantry.policies import HIDDEN_BELOW, shown_outside
from foodbank.pantry.selectors.figures import figures as figures_of
from foodbank.pantry.selectors.gate import counts, slots_with_bookings
from foodbank.pantry.services.day_changes import add_slot, change_slot, put_session, remove_slot, set_bookings
from foodbank.pantry.services.pickup_days import open_pickup_day


@coordinator_required
def pickup_days(request: HttpRequest) -> HttpResponse:
    rows = PickupDay.objects.with_figures().select_related("site", "call_off")
    if not request.GET.get("all"):
        rows = rows.filter(day__gte=today())
    columns = (
        Column("day", _("日"), ("day", "site__code")),
        Column("site", _("会場"), ("site__code",)),
        Column("time", _("時間"), ("first_slot",)),
        Column("places", _("世帯数"), ("places",), number=True),
        Column("taken", _("予約済み"), ("taken",), number=True),
    )
    found = listing(request, rows, columns=columns, search=("site__code", "site__name"), filters=("all",))
    return render(request, "pantry/desk/days.html", {"listing": found, "all": bool(request.GET.get("all"))})


@coordinator_required
def pickup_day_new(request: HttpRequest) -> HttpResponse:
    def save(values: dict[str, Any]) -> object:
        return open_pickup_day(
            day=values["day"],
            site=values["site"],
            area=values["area"],
            slots=NewDayForm.slots_of(values),
            actor=actor_of(request),
        )

    return entry_page(
        request, bound(request, NewDayForm), save=save, template="components/entry.html", back=reverse("pantry:pickup_days"),
        done=_("受取日を作りました。予約の開始・締切と交流会は、日の画面で決められます。"),
        context={"heading": _("受取日を作る")}, once=True,
    )  # fmt: skip


@coordinator_required
def pickup_day(request: HttpRequest, pk: int) -> HttpResponse:
    """Bookings by slot, and everything about the day that can be changed."""
    row = _day(pk)
    session = row.sessions.first()
    slots = list(slots_with_bookings(row))
    context = {
        "pickup_day": row,
        "slots": [(slot, SlotForm(slot=slot, prefix=f"slot{slot.pk}")) for slot in slots],
        "new_slot": SlotForm(prefix="new"),
        "times": BookingTimesForm(pickup_day=row),
        "session": session,
        "session_form": SessionForm(session=session, prefix="session"),
        "counts": counts(row),
    }
    return render(request, "pantry/desk/day.html", context)


@require_POST
@coordinator_required
def day_times(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _day(pk), BookingTimesForm(request.POST)

    def save(values: dict[str, Any]) -> object:
        opens, closes = values["bookings_open_at"], values["bookings_close_at"]
        return set_bookings(pickup_day=row, area=values["area"], opens=opens, closes=closes, actor=actor_of(request))

    return _saved(request, form, save, pk)


@require_POST
@coordinator_required
def slot_new(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _day(pk), SlotForm(request.POST, prefix="new")
    return _saved(
        request, form, lambda values: add_slot(pickup_day=row, data=SlotForm.data_of(values), actor=actor_of(request)), pk
    )


@require_POST
@coordinator_required
def slot_edit(request: HttpRequest, pk: int) -> HttpResponse:
    slot = get_object_or_404(Slot.objects.select_related("pickup_day"), pk=pk)
    if request.POST.get("do") == "remove":
        return act(
            request,
            lambda: remove_slot(slot=slot, actor=actor_of(request)),
            done=_("受取枠を消しました。"),
            back=_page(slot.pickup_day_id),
        )
    form = SlotForm(request.POST, prefix=f"slot{slot.pk}")
    return _saved(
        request,
        form,
        lambda values: change_slot(slot=slot, data=SlotForm.data_of(values), actor=actor_of(request)),
        slot.pickup_day_id,
    )


@require_POST
@coordinator_required
def session_edit(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _day(pk), SessionForm(request.POST, prefix="session")

    def save(values: dict[str, Any]) -> object:
        return put_session(
            pickup_day=row, session=row.sessions.first(), data=SessionForm.data_of(values), actor=actor_of(request)
        )

    return _saved(request, form, save, pk)


@coordinator_required
def figures(request: HttpRequest) -> HttpResponse:
    """Total and distinct, for a period; this year unless said. For readers outside, numbers that might show who it was are hidden."""
    since, until = this_year()
    form = PeriodForm(request.GET if request.GET else {"since": since, "until": until})
    if form.is_valid():
        since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    found = figures_of(since=since, until=until)
    rows: list[tuple[str, int | None, int | None]] = [
        (_("受け取った世帯"), found.pickups, found.households),
        (_("人数"), None, found.people),
        (_("うち子ども"), None, found.children),
        (_("交流会の参加"), found.session_places, found.session_households),
        (_("託児の子ども"), found.childcare_children, None),
        (_("来られなかった予約"), found.no_shows, None),
    ]
    outside = form.is_valid() and form.cleaned_data["outside"]
    shown = {
        "form": form,
        "figures": found,
        "rows": [(label, _shown(total, outside), _shown(distinct, outside)) for label, total, distinct in rows],
        "since": since,
        "until": until,
    }
    return render(request, "pantry/desk/figures.html", shown)


def _shown(count: int | None, outside: bool) -> str:
    if count is None:
        return "–"
    if outside and shown_outside(count) is None:
        return _("%(n)d 未満") % {"n": HIDDEN_BELOW}
    return str(count)


def _saved(request: HttpRequest, form: EntryForm, save: Any, pk: int) -> HttpResponse:
    """Small forms of one page: saved, or what is wrong said above the page."""
    if not form.is_valid():
        wrong = [f"{form.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()]
        messages.error(request, " ".join(wrong))
        return redirect(_page(pk))
    try:
        save(form.cleaned_data)
    except Refusal as refusal:
        messages.error(request, own_language(refusal.text))
    else:
        messages.success(request, _("保存しました。"))
    return redirect(_page(pk))


def _day(pk: int) -> PickupDay:
    return get_object_or_404(PickupDay.objects.select_related("site", "call_off"), pk=pk)


def _page(pk: int) -> str:
    return reverse("pantry:pickup_day", args=[pk])
