"""Who is behind a recipient's request, in which language, and for how long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth import login, logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.device import repeatable
from foodbank.pantry.guest_words import LANGUAGES
from foodbank.pantry.models import Household

P = ParamSpec("P")
GuestView = Callable[Concatenate[HttpRequest, Household, P], HttpResponseBase]
SHARED_FOR = dt.timedelta(minutes=30)
"""How long a shared phone stays signed in at most."""
_LANGUAGE = "guest_language"
_UNTIL = "guest_until"
_BACKEND = "django.contrib.auth.backends.ModelBackend"


def household_required(view: GuestView[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """The view gets the household whose account is signed in. Everybody else is told how to come back; which bookings are theirs is
    the view's to narrow: what is not theirs is 404 (P13)."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        until = request.session.get(_UNTIL)
        if until is not None and timezone.now().timestamp() >= until:
            logout(request)
        household = _household(request)
        if household is None:
            return redirect_to_login(request.get_full_path(), login_url=reverse("pantry:closed"))
        return view(request, household, *args, **kwargs)

    return guarded


def sent_once(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """R4 for pages that work without a script: a second tap while the first is under way leads to the start page, where its outcome
    stands, instead of to a technical answer."""
    inner = repeatable(view)

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = inner(request, *args, **kwargs)
        if response.headers.get("Content-Type", "").startswith("application/problem+json"):
            return redirect("pantry:my")
        return response

    return guarded


def sign_in(request: HttpRequest, household: Household, *, shared: bool) -> None:
    """The household's account is signed in on this phone; on a shared one until the browser closes, half an hour at most (P4)."""
    if household.account is None:
        raise PermissionDenied
    language = request.session.get(_LANGUAGE)
    login(request, household.account, backend=_BACKEND)
    request.session.pop(_UNTIL, None)  # the same account may have been here as on a shared phone
    request.session.set_expiry(None)
    if shared:
        request.session[_UNTIL] = (timezone.now() + SHARED_FOR).timestamp()
        request.session.set_expiry(0)
    if language:
        request.session[_LANGUAGE] = language


def language_of(request: HttpRequest, household: Household | None = None) -> str:
    """``?lang=`` chooses and is remembered; else what was chosen before, or what the household registered."""
    asked = request.GET.get("lang", "")
    if asked in LANGUAGES:
        request.session[_LANGUAGE] = asked
        return asked
    return str(request.session.get(_LANGUAGE) or (household.language if household else "ja"))


def guest_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    household: Household | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = {"lang": language_of(request, household), "languages": LANGUAGES.items(), "household": household, **(context or {})}
    response = render(request, template, shown, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _household(request: HttpRequest) -> Household | None:
    if not isinstance(request.user, User):
        return None
    return Household.objects.known().filter(account=request.user).first()
