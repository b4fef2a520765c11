"""Links that are shown once, and what they open."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, signed_in_required
from foodbank.accounts.forms import AcceptForm, PasswordForm, ResetForm
from foodbank.accounts.models import Invitation, User
from foodbank.accounts.selectors import open_invitation, user_of_link
from foodbank.accounts.services import invitations, passwords
from foodbank.core.errors import Refusal
from foodbank.core.pages import bound
from foodbank.labels import qr

BY_PASSWORD = "django.contrib.auth.backends.ModelBackend"  # noqa: S105 - a class


def link_page(request: HttpRequest, *, address: str, heading: str, name: str, until: dt.datetime | None) -> HttpResponse:
    """The link ``address`` to copy or to scan. It is in this answer and nowhere else; loading the page again makes another one."""
    link = address if address.startswith("http") else f"{settings.BASE_URL}{address}"
    code = mark_safe(qr.svg(link, title=_("リンクのQRコード")))  # noqa: S308 - our own drawing
    context = {"link": link, "code": code, "heading": heading, "name": name, "until": until}
    return render(request, "accounts/link.html", context)


def invited(request: HttpRequest, secret: str) -> HttpResponse:
    """Somebody follows an invitation: a new account, or one more role for the account that is signed in."""
    invitation = open_invitation(secret)
    if invitation is None:
        return _gone(request)
    signed_in = request.user.is_authenticated
    form: Any = bound(request, AcceptForm, initial=_name_of(invitation))
    if not signed_in and form.is_bound and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("username", "last_name", "first_name", "email", "password")}
        try:
            user = invitations.accept_as_new(secret=secret, **values)
        except invitations.InvitationGone:
            return _gone(request)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _in(request, user, _("アカウントができました。次からは、利用者名とパスワードでログインしてください。"))
    context = {"invitation": invitation, "form": form, "secret": secret}
    return render(request, "accounts/invited.html", context, status=422 if form.is_bound else 200)


@require_POST
@signed_in_required
def invited_as_me(request: HttpRequest, secret: str) -> HttpResponse:
    try:
        invitations.accept_as(secret=secret, actor=actor_of(request))
    except invitations.InvitationGone:
        return _gone(request)
    messages.success(request, _("役割を追加しました。"))
    return redirect("home")


def reset(request: HttpRequest) -> HttpResponse:
    """The same answer whether or not there is such an account."""
    form = bound(request, ResetForm)
    if form.is_bound and form.is_valid():
        passwords.ask_reset(typed=form.cleaned_data["typed"])
        return redirect("accounts:reset_sent")
    return render(request, "accounts/reset.html", {"form": form}, status=422 if form.is_bound else 200)


def reset_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/reset_sent.html")


def reset_confirm(request: HttpRequest, number: str, token: str) -> HttpResponse:
    user = user_of_link(number, token)
    if user is None:
        return _gone(request)
    form: Any = bound(request, PasswordForm)
    if form.is_bound and form.is_valid():
        try:
            user = passwords.set_password_by_link(number=number, token=token, password=form.cleaned_data["password"])
        except Refusal as refusal:
            if refusal.status == 404:
                return _gone(request)
            form.refuse(refusal)
        else:
            return _in(request, user, _("パスワードを決めました。"))
    context = {"form": form, "person": user, "back": reverse("accounts:login")}
    return render(request, "accounts/reset_confirm.html", context, status=422 if form.is_bound else 200)


def _in(request: HttpRequest, user: User, said: str) -> HttpResponse:
    login(request, user, backend=BY_PASSWORD)
    messages.success(request, said)
    return redirect("home")


def _name_of(invitation: Invitation) -> dict[str, str]:
    """Family name and given name, as far as the coordinator's own note tells them apart."""
    last_name, _space, first_name = invitation.name.partition(" ")
    return {"last_name": last_name, "first_name": first_name}


def _gone(request: HttpRequest) -> HttpResponse:
    """Expired, used, revoked, wrong: one page, which does not tell which."""
    return render(request, "accounts/link_gone.html", status=404)
