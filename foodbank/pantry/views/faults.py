"""What recipients see when something is not there or went wrong: as quiet as their other pages (P4). Everybody else gets the usual page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.csrf import csrf_failure as usual_csrf_failure
from django.views.defaults import page_not_found, server_error

from foodbank.pantry.guest_words import LANGUAGES

_GUESTS = "/my/"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _quiet(request, 404) if request.path.startswith(_GUESTS) else page_not_found(request, exception)


def fault(request: HttpRequest) -> HttpResponse:
    return _quiet(request, 500) if request.path.startswith(_GUESTS) else server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Most often a page that was open for too long, or a browser without cookies."""
    return _quiet(request, 403) if request.path.startswith(_GUESTS) else usual_csrf_failure(request, reason)


def _quiet(request: HttpRequest, status: int) -> HttpResponse:
    """In the language of the address only: neither session nor database is asked, which may be what is broken."""
    asked = request.GET.get("lang", "")
    context = {"lang": asked if asked in LANGUAGES else "ja", "languages": LANGUAGES.items(), "fault": True}
    response = render(request, "pantry/guest/closed.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
