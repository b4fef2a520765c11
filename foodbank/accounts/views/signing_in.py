"""Signing in and out, and where one comes out."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView, redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from foodbank.accounts.access import access_of, access_of_user
from foodbank.accounts.forms import LoginForm
from foodbank.accounts.start import start_page


class SignIn(LoginView):
    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        return start_page(access_of_user(self.request.user))


class SignOut(LogoutView):
    """By POST only."""


def home(request: HttpRequest) -> HttpResponseBase:
    """The bare address: on to the first page of whoever asks."""
    if not request.user.is_authenticated:
        return redirect_to_login("/")
    access = access_of(request)
    if not access.sites and hasattr(request.user, "household"):  # recipients have quiet pages of their own
        return redirect("pantry:my")
    return redirect(start_page(access))


def locked_out(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """Too many wrong passwords: what axes shows."""
    return render(request, "accounts/locked.html", status=429)
