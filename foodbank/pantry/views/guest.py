"""What recipients do on their own phones. Nothing here needs a script."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of
from foodbank.core.dates import at
from foodbank.core.errors import Refusal
from foodbank.labels.qr import svg
from foodbank.pantry.forms.guest import ContactForm, FeedbackForm, HouseholdForm
from foodbank.pantry.guest_words import html_of, plain, refusal_text, say
from foodbank.pantry.models import Booking, BookingState, ExchangeSession, Household, Language, NextWish, PickupDay, Via
from foodbank.pantry.selectors.contacts import contact_of
from foodbank.pantry.selectors.guest import (
    coming_bookings,
    day_view,
    open_days,
    place_shown,
    session_view,
    to_answer,
    turn_of,
)
from foodbank.pantry.services.bookings import book, cancel
from foodbank.pantry.services.feedback import give_feedback
from foodbank.pantry.services.households import change_contact, change_household
from foodbank.pantry.services.sessions import join_session, leave_session
from foodbank.pantry.views.guard import guest_page, household_required, language_of, sent_once


@household_required
def my(request: HttpRequest, household: Household) -> HttpResponse:
    """What is booked, and what could be."""
    now = timezone.now()
    bookings = coming_bookings(household)
    booked = {booking.day for booking in bookings if booking.state != BookingState.CALLED_OFF}
    context = {
        "bookings": bookings,
        "days": [view for view in open_days(now) if view.pickup_day.day not in booked],
        "checked": household.checks.valid_on(timezone.localdate()).exists(),
        "answer": to_answer(household),
    }
    return guest_page(request, "pantry/guest/my.html", context, household=household)


@household_required
@sent_once
def day(request: HttpRequest, household: Household, pk: int) -> HttpResponse:
    """Choosing a slot."""
    pickup_day = get_object_or_404(
        PickupDay.objects.filter(call_off__isnull=True, day__gte=timezone.localdate()).select_related("site"), pk=pk
    )
    language = language_of(request, household)
    error = ""
    if request.method == "POST":
        slot = pickup_day.slots.filter(pk=_number(request.POST.get("slot")) or 0).first()
        if slot is None:
            error = say("choose_one", language)
        else:
            try:
                made = book(household=household, slot=slot, via=Via.PAGE, actor=actor_of(request))
            except Refusal as refusal:
                error = refusal_text(refusal, language)
            else:
                _tell(request, language, "booked_text" if made.state == BookingState.BOOKED else "in_line_text")
                return redirect("pantry:ticket", made.pk)
    context = {
        "view": day_view(pickup_day, timezone.now()),
        "error": html_of(error),
        "client_id": request.POST.get("client_id") if error and not request.POST.get("slot") else uuid.uuid4(),
    }
    return guest_page(request, "pantry/guest/day.html", context, household=household, status=422 if error else 200)


@household_required
def ticket(request: HttpRequest, household: Household, pk: int) -> HttpResponse:
    """The household's own booking: its state, and while it counts the code, the QR and the place."""
    booking = _own(household, pk)
    language = language_of(request, household)
    waiting = booking.state == BookingState.WAITING
    context = {
        "booking": booking,
        "qr": svg(booking.token, title=plain(say("ticket_qr", language))) if booking.state == BookingState.BOOKED else "",
        "code": f"{booking.code[:3]} {booking.code[3:]}",
        "turn": turn_of(booking) if waiting else None,
        "place": place_shown(booking, household),
        "may_cancel": booking.state in (BookingState.BOOKED, BookingState.WAITING),
        "may_book_again": booking.state == BookingState.CANCELLED and _still_open(booking),
        "session": session_view(household, booking.slot.pickup_day),
        "client_id": uuid.uuid4(),
    }
    return guest_page(request, "pantry/guest/ticket.html", context, household=household)


@require_POST
@household_required
def cancel_booking(request: HttpRequest, household: Household, pk: int) -> HttpResponse:
    """One tap (P11). The page that follows offers to book again."""
    booking = _own(household, pk)
    language = language_of(request, household)
    try:
        cancel(booking=booking, actor=actor_of(request))
    except Refusal as refusal:
        messages.error(request, html_of(refusal_text(refusal, language)))
    else:
        _tell(request, language, "cancelled_text")
    return redirect("pantry:ticket", booking.pk)


@require_POST
@household_required
def session(request: HttpRequest, household: Household, pk: int) -> HttpResponse:
    """Joining or leaving the get-together of a day, with childcare; apart from the booking (P6)."""
    row = get_object_or_404(ExchangeSession.objects.select_related("pickup_day"), pk=pk)
    language = language_of(request, household)
    try:
        if request.POST.get("do") == "leave":
            leave_session(household=household, session=row, actor=actor_of(request))
            _tell(request, language, "session_left")
        else:
            children = _number(request.POST.get("children") or "0")
            join_session(household=household, session=row, actor=actor_of(request), children=-1 if children is None else children)
            _tell(request, language, "session_saved")
    except Refusal as refusal:
        messages.error(request, html_of(refusal_text(refusal, language)))
    return redirect("pantry:get_together", row.pickup_day_id)


@household_required
def get_together(request: HttpRequest, household: Household, pk: int) -> HttpResponse:
    """The get-together of a day, with the household's own place in it."""
    pickup_day = get_object_or_404(PickupDay.objects.filter(call_off__isnull=True).select_related("site"), pk=pk)
    view = session_view(household, pickup_day)
    booking = household.bookings.live().filter(day=pickup_day.day).first()
    return guest_page(
        request, "pantry/guest/session.html", {"session": view, "pickup_day": pickup_day, "booking": booking}, household=household
    )


@household_required
def feedback(request: HttpRequest, household: Household, pk: int) -> HttpResponse:
    """Two questions after the pickup."""
    booking = _own(household, pk)
    language = language_of(request, household)
    form = FeedbackForm(request.POST or None, language=language)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            give_feedback(booking=booking, connected=values["connected"], wish=NextWish(values["wish"]), actor=actor_of(request))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            _tell(request, language, "thanks")
            return redirect("pantry:my")
    status = 422 if form.is_bound else 200
    return guest_page(
        request, "pantry/guest/feedback.html", {"form": form, "booking": booking}, household=household, status=status
    )


@household_required
def data(request: HttpRequest, household: Household) -> HttpResponse:
    """What is registered, to see and to change. The household's own reading of its contact data is not a person's of the food bank."""
    language = language_of(request, household)
    about = HouseholdForm(request.POST if "about" in request.POST else None, language=language, household=household)
    contact = ContactForm(request.POST if "contact" in request.POST else None, language=language, contact=contact_of(household))
    for form in (about, contact):
        if not form.is_bound or not form.is_valid():
            continue
        try:
            if isinstance(form, HouseholdForm):
                change_household(household=household, data=form.household_data(Language(language)), actor=actor_of(request))
            elif isinstance(form, ContactForm):
                change_contact(household=household, contact=form.contact_data(), actor=actor_of(request))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            _tell(request, language, "saved")
            return redirect("pantry:data")
    wrong = about.is_bound or contact.is_bound
    context = {"about": about, "contact": contact}
    return guest_page(request, "pantry/guest/data.html", context, household=household, status=422 if wrong else 200)


def _own(household: Household, pk: int) -> Booking:
    rows = Booking.objects.filter(household=household).select_related("slot__pickup_day__site", "household")
    return get_object_or_404(rows, pk=pk)


def _still_open(booking: Booking) -> bool:
    return timezone.now() < at(booking.day, booking.slot.end)


def _tell(request: HttpRequest, language: str, key: str) -> None:
    messages.success(request, html_of(say(key, language)))


def _number(text: str | None) -> int | None:
    """A whole number as somebody typed it, in any width."""
    cleaned = (text or "").strip()
    return int(cleaned) if cleaned.isdecimal() and len(cleaned) <= 18 else None
