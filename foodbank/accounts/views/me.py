"""One's own account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, signed_in_required
from foodbank.accounts.forms import ChangePasswordForm, PersonForm
from foodbank.accounts.models import User
from foodbank.accounts.selectors import grants_of
from foodbank.accounts.services.passwords import change_password
from foodbank.accounts.services.people import change_person, sign_out_everywhere
from foodbank.core.dates import today
from foodbank.core.pages import bound, entry_page


@signed_in_required
def me(request: HttpRequest) -> HttpResponse:
    """Who am I here, what may I do until when, and how do I sign out everywhere."""
    return render(request, "accounts/me.html", {"grants": grants_of(actor_of(request)).in_force(today())})


@signed_in_required
def profile(request: HttpRequest) -> HttpResponse:
    user = actor_of(request)
    initial = {"last_name": user.last_name, "first_name": user.first_name, "email": user.email}

    def save(values: dict[str, Any]) -> object:
        return change_person(user=user, actor=user, **values)

    return entry_page(
        request, bound(request, PersonForm, initial=initial), save=save, template="accounts/entry.html",
        back=reverse("accounts:me"), done=_("変更しました。"), context={"heading": _("お名前とメールアドレス")},
    )  # fmt: skip


@signed_in_required
def password(request: HttpRequest) -> HttpResponse:
    user = actor_of(request)

    def save(values: dict[str, Any]) -> User:
        changed = change_password(user=user, old=values["old"], password=values["password"], actor=user)
        update_session_auth_hash(request, changed)  # this session goes on, the others end
        return changed

    return entry_page(
        request, bound(request, ChangePasswordForm), save=save, template="accounts/entry.html",
        back=reverse("accounts:me"), done=_("パスワードを変えました。ほかの端末はログアウトしました。"),
        context={"heading": _("パスワードを変える")},
    )  # fmt: skip


@require_POST
@signed_in_required
def leave_everywhere(request: HttpRequest) -> HttpResponse:
    user = actor_of(request)
    sign_out_everywhere(user=user, actor=user)
    logout(request)
    messages.success(request, _("すべての端末からログアウトしました。"))
    return redirect("accounts:login")
