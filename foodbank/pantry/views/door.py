"""Coming in and going out: registering by link, the personal link, closing, leaving quickly, being forgotten."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from foodbank.accounts.access import actor_of
from foodbank.accounts.services.system import system_user
from foodbank.core.errors import Refusal
from foodbank.pantry.forms.guest import RegisterForm
from foodbank.pantry.guest_words import html_of, say
from foodbank.pantry.models import Household, Language
from foodbank.pantry.selectors.links import household_behind, registration_behind
from foodbank.pantry.services.households import forget
from foodbank.pantry.services.links import register_through
from foodbank.pantry.views.guard import guest_page, household_required, language_of, sign_in

ELSEWHERE = "https://www.jma.go.jp/bosai/forecast/"
"""Where “leave quickly” leads: the weather, which anybody may have looked up."""
_NEW_LINK = "guest_new_link"


def register(request: HttpRequest, secret: str) -> HttpResponse:
    """A household registers itself through an open link; then its own link is shown, once."""
    link = registration_behind(secret)
    if link is None:
        raise Http404
    language = language_of(request)
    form = RegisterForm(request.POST or None, language=language)
    number = _number(request.POST.get("client_id")) or uuid.uuid4()
    if form.is_bound and form.is_valid():
        try:
            household, own = register_through(
                link=link, data=form.household_data(Language(language)), contact=form.contact_data(), actor=system_user(),
                request_id=number,
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            sign_in(request, household, shared=household.shared_phone)
            request.session[_NEW_LINK] = own
            return redirect("pantry:own_link")
    context = {"form": form, "client_id": number, "over": not link.open_at(timezone.now())}
    return guest_page(request, "pantry/guest/register.html", context, status=422 if form.is_bound else 200)


@household_required
def own_link(request: HttpRequest, household: Household) -> HttpResponse:
    """The personal link that was just made, until the household says that it has it."""
    secret = request.session.get(_NEW_LINK)
    if request.method == "POST" or not secret:
        request.session.pop(_NEW_LINK, None)
        return redirect("pantry:my")
    address = request.build_absolute_uri(reverse("pantry:enter", args=[secret]))
    return guest_page(request, "pantry/guest/own_link.html", {"address": address}, household=household)


def enter(request: HttpRequest, secret: str) -> HttpResponse:
    """The personal link: asks on whose phone, then signs in. A link that was renewed or ended is 404."""
    household = household_behind(secret)
    if household is None:
        raise Http404
    if request.method == "POST":
        sign_in(request, household, shared=household.shared_phone or request.POST.get("phone") == "shared")
        return redirect("pantry:my")
    return guest_page(
        request, "pantry/guest/enter.html", {"lang": language_of(request, household), "shared": household.shared_phone}
    )


@require_GET
def leave_quickly(request: HttpRequest) -> HttpResponse:
    """Signed out and away. By GET, so that it is a plain link; doing it for somebody else only signs them out."""
    logout(request)
    response = redirect(ELSEWHERE)
    response["Cache-Control"] = "no-store"
    response["Clear-Site-Data"] = '"cache", "storage"'
    return _without_messages(response)


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    logout(request)
    return _without_messages(redirect("pantry:closed"))


@require_GET
def closed(request: HttpRequest) -> HttpResponse:
    """What is shown to whoever is not signed in as a household."""
    return guest_page(request, "pantry/guest/closed.html")


@household_required
def forget_me(request: HttpRequest, household: Household) -> HttpResponse:
    """Asks once, then erases."""
    if request.method == "POST" and request.POST.get("sure") == "yes":
        language = language_of(request, household)
        forget(household=household, actor=actor_of(request))
        logout(request)
        messages.success(request, html_of(say("forgotten_text", language)))
        return redirect("pantry:closed")
    missing = request.method == "POST"
    return guest_page(
        request, "pantry/guest/forget.html", {"missing": missing}, household=household, status=422 if missing else 200
    )


def _without_messages(response: HttpResponse) -> HttpResponse:
    """What was to be said on the next page is not said to whoever holds the phone next."""
    response.delete_cookie(CookieStorage.cookie_name)
    return response


def _number(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
