"""The gate on the day: check in, hand over, walk-ins. Codes only."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, narrowed, narrowed_by_day, role_required
from foodbank.accounts.models import Role
from foodbank.core.dates import today
from foodbank.core.device import repeatable
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.forms import own_language
from foodbank.core.pages import act, bound, entry_page
from foodbank.inventory.models import Lot
from foodbank.pantry.forms.staff import AddLotForm, AllergiesForm, BookForm, HouseholdForm, WalkInForm, number_of
from foodbank.pantry.models import Allergies, Booking, BookingState, ParcelLine, PickupDay, Via
from foodbank.pantry.selectors.gate import bookings_on_site, counts, gate_booking, household_by_code, lot_code
from foodbank.pantry.services.bookings import book, no_show
from foodbank.pantry.services.gate import check_in as check_in_ticket
from foodbank.pantry.services.gate import check_in_booking, note_allergies, walk_in
from foodbank.pantry.services.parcels import add_lot, hand_over, pack_again, remove_line

reception = role_required(Role.RECEPTION)


@reception
def check_in(request: HttpRequest) -> HttpResponse:
    """Today's pickup days where one works; with a single one, straight to it."""
    days = list(narrowed(request, Role.RECEPTION, PickupDay.objects.filter(day=today()).select_related("site", "call_off")))
    if len(days) == 1:
        return redirect("pantry:check_in_day", days[0].pk)
    return render(request, "pantry/gate/days.html", {"days": days})


@reception
@repeatable
def check_in_day(request: HttpRequest, pk: int) -> HttpResponse:
    """Scan or type a ticket."""
    pickup_day = _day(request, pk)
    refused: Refusal | None = None
    text = request.POST.get("code", "")
    if request.method == "POST":
        try:
            booking = check_in_ticket(text=text, pickup_day=pickup_day, actor=actor_of(request))
        except Refusal as refusal:
            refused = refusal
        else:
            messages.success(request, _("受付しました。"))
            return redirect("pantry:check_in_booking", booking.pk)
    context = {
        "pickup_day": pickup_day,
        "counts": counts(pickup_day),
        "refused": refused,
        "why": own_language(refused.text) if refused else "",
    }
    return render(request, "pantry/gate/day.html", context, status=refused.status if refused else 200)


@reception
def check_in_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Who may come, by code."""
    pickup_day = _day(request, pk)
    context = {"pickup_day": pickup_day, "bookings": bookings_on_site(pickup_day), "counts": counts(pickup_day)}
    return render(request, "pantry/gate/list.html", context)


@reception
def check_in_book(request: HttpRequest, pk: int) -> HttpResponse:
    """A booking by telephone, or for a household that is known."""
    pickup_day = _day(request, pk)

    def save(values: dict[str, Any]) -> Booking:
        household = household_by_code(values["household"])
        if household is None:
            raise FieldsRefused(
                "booking.refused", {"household": Text("この番号の世帯はありません。", "There is no such household.")}
            )
        return book(household=household, slot=values["slot"], via=Via.STAFF, actor=actor_of(request))

    return entry_page(
        request, bound(request, BookForm, pickup_day=pickup_day), save=save, template="pantry/gate/entry.html",
        back=reverse("pantry:check_in_list", args=[pk]), done=_what_came,
        context={"heading": _("電話などで予約を受ける"), "pickup_day": pickup_day}, once=True,
    )  # fmt: skip


@reception
def check_in_walk_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody who is not registered stands there: what is needed and no contact data, and a booking at once."""
    pickup_day = _day(request, pk)

    def save(values: dict[str, Any]) -> Booking:
        number = number_of(request.POST.get("once"))
        return walk_in(data=HouseholdForm.data_of(values), slot=values["slot"], actor=actor_of(request), request_id=number)

    return entry_page(
        request, bound(request, WalkInForm, pickup_day=pickup_day), save=save, template="pantry/gate/entry.html",
        back=reverse("pantry:check_in_list", args=[pk]), done=_what_came,
        context={"heading": _("登録のない人を受け付ける"), "pickup_day": pickup_day}, once=True,
    )  # fmt: skip


def _what_came(booking: Booking) -> str:
    """In words that do not promise a place to somebody who waits."""
    if booking.state == BookingState.WAITING:
        return _("この時間は満員のため、キャンセル待ちに入れました。急ぐときは、空いている時間で予約し直してください。")
    return _("予約しました。来たら、一覧から受付してください。")


@reception
def check_in_booking_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One booking: who, what must be avoided, what to hand over."""
    booking = _booking(request, pk)
    context = {
        "page": gate_booking(booking),
        "allergies": AllergiesForm(household=booking.household),
        "add": AddLotForm(),
        "today": booking.day == today(),
    }
    return render(request, "pantry/gate/booking.html", context)


@require_POST
@reception
def arrived(request: HttpRequest, pk: int) -> HttpResponse:
    """Checked in from the list."""
    booking = _booking(request, pk)
    return act(
        request, lambda: check_in_booking(booking=booking, actor=actor_of(request)), done=_("受付しました。"), back=_page(pk)
    )


@require_POST
@reception
@repeatable
def handed_over(request: HttpRequest, pk: int) -> HttpResponse:
    """The parcel leaves; on to the next ticket."""
    booking = _booking(request, pk)
    try:
        hand_over(booking=booking, actor=actor_of(request))
    except Refusal as refusal:
        messages.error(request, own_language(refusal.text))
        return redirect("pantry:check_in_booking", pk)
    messages.success(request, _("お渡ししました。"))
    return redirect("pantry:check_in_day", booking.slot.pickup_day_id)


@require_POST
@reception
def absent(request: HttpRequest, pk: int) -> HttpResponse:
    booking = _booking(request, pk)
    return act(
        request, lambda: no_show(booking=booking, actor=actor_of(request)), done=_("来られなかったことを記録しました。"),
        back=reverse("pantry:check_in_list", args=[booking.slot.pickup_day_id]),
    )  # fmt: skip


@require_POST
@reception
def packed(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the parcel anew."""
    booking = _booking(request, pk)
    return act(
        request,
        lambda: pack_again(booking=booking, actor=actor_of(request)),
        done=_("食品セットを選び直しました。"),
        back=_page(pk),
    )


@require_POST
@reception
def allergies(request: HttpRequest, pk: int) -> HttpResponse:
    """What was asked at the gate; the parcel is chosen anew."""
    booking = _booking(request, pk)
    form = AllergiesForm(request.POST)

    def save() -> None:
        if not form.is_valid():
            raise FieldsRefused(
                "household.refused", {"allergies": Text("アレルギーを選んでください。", "Choose about allergies.")}
            )
        values = form.cleaned_data
        note_allergies(
            booking=booking,
            allergies=Allergies(values["allergies"]),
            allergens=list(values["allergens"]),
            actor=actor_of(request),
        )

    return act(request, save, done=_("アレルギーを記録し、食品セットを選び直しました。"), back=_page(pk))


@require_POST
@reception
@repeatable
def lot_added(request: HttpRequest, pk: int) -> HttpResponse:
    """One more lot, by its label."""
    booking = _booking(request, pk)
    form = AddLotForm(request.POST)

    def save() -> None:
        parcel = gate_booking(booking).parcel
        lot = Lot.objects.filter(code=lot_code(request.POST.get("code", ""))).first()
        if parcel is None or lot is None or not form.is_valid():
            raise Refusal(
                "parcel.no_lot", Text("ロット番号と点数を確かめてください。", "Check the lot's code and the number."), status=422
            )
        add_lot(parcel=parcel, lot=lot, quantity=form.cleaned_data["quantity"], actor=actor_of(request))

    return act(request, save, done=_("加えました。"), back=_page(pk))


@require_POST
@reception
def line_removed(request: HttpRequest, pk: int) -> HttpResponse:
    """A line is taken out."""
    lines = ParcelLine.objects.select_related("parcel__booking__slot", "lot", "reservation__lot", "reservation__place")
    rows = narrowed(request, Role.RECEPTION, lines, site="parcel__booking__slot__pickup_day__site")
    rows = narrowed_by_day(request, Role.RECEPTION, rows, day="parcel__booking__day")
    line = get_object_or_404(rows, pk=pk)
    return act(
        request,
        lambda: remove_line(line=line, actor=actor_of(request)),
        done=_("外しました。"),
        back=_page(line.parcel.booking_id),
    )


def _day(request: HttpRequest, pk: int) -> PickupDay:
    rows = narrowed(request, Role.RECEPTION, PickupDay.objects.select_related("site", "call_off"))
    return get_object_or_404(narrowed_by_day(request, Role.RECEPTION, rows), pk=pk)


def _booking(request: HttpRequest, pk: int) -> Booking:
    bookings = Booking.objects.select_related("household", "slot__pickup_day__site")
    rows = narrowed(request, Role.RECEPTION, bookings, site="slot__pickup_day__site")
    return get_object_or_404(narrowed_by_day(request, Role.RECEPTION, rows), pk=pk)


def _page(pk: int) -> str:
    return reverse("pantry:check_in_booking", args=[pk])
