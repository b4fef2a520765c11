"""The coordinator's pages about people: who may do what, where and until when."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.accounts.forms import GrantForm, InviteForm, RenewForm
from foodbank.accounts.models import Invitation, Role, RoleGrant, User
from foodbank.accounts.selectors import events_of, grants_of, is_paused, open_invitations, people, with_a_role
from foodbank.accounts.services import grants, invitations, passwords
from foodbank.accounts.services import people as accounts
from foodbank.accounts.services.pauses import lift_pause
from foodbank.accounts.views.links import link_page
from foodbank.core.dates import today
from foodbank.core.errors import Refusal
from foodbank.core.listing import Column, listing
from foodbank.core.pages import act, bound


@coordinator_required
def person_list(request: HttpRequest) -> HttpResponse:
    rows, role, everybody = people(), request.GET.get("role", ""), bool(request.GET.get("all"))
    if not everybody:
        rows = with_a_role(rows, today())
    if role in Role.values:
        rows = rows.filter(role_grants__role=role, role_grants__revoked_at__isnull=True)
    columns = (
        Column("name", _("お名前"), ("last_name", "first_name", "username")),
        Column("username", _("利用者名"), ("username",)),
        Column("roles", _("役割・場所・終了日")),
        Column("seen", _("最後のログイン"), ("-last_login",)),
    )
    found = listing(request, rows, columns=columns, search=("last_name", "first_name", "username"), filters=("role", "all"))
    context = {"listing": found, "roles": Role.choices, "role": role, "all": everybody, "today": today()}
    return render(request, "accounts/people.html", {**context, "invitations": open_invitations()})


@coordinator_required
def person(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _person(pk))


@coordinator_required
def invite(request: HttpRequest) -> HttpResponse:
    form: Any = bound(request, InviteForm, actor=actor_of(request))
    if form.is_bound and form.is_valid():
        try:
            made, secret = invitations.invite(name=form.cleaned_data["name"], actor=actor_of(request), **form.role_data())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return link_page(
                request,
                address=reverse("accounts:invited", args=[secret]),
                heading=_("招待リンクができました"),
                name=made.name,
                until=made.expires_at,
            )
    context = {"form": form, "heading": _("人を招待する"), "back": reverse("accounts:people")}
    return render(request, "accounts/invite.html", context, status=422 if form.is_bound else 200)


@require_POST
@coordinator_required
def invitation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Invitation, pk=pk)
    return act(
        request, lambda: invitations.revoke_invitation(invitation=found, actor=actor_of(request)),
        done=_("招待を取り消しました。リンクはもう使えません。"), back=reverse("accounts:people"),
    )  # fmt: skip


@require_POST
@coordinator_required
def grant_new(request: HttpRequest, pk: int) -> HttpResponse:
    user = _person(pk)
    form = GrantForm(request.POST, actor=actor_of(request))
    if form.is_valid():
        try:
            grants.give_role(user=user, actor=actor_of(request), **form.role_data())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("役割を追加しました。"))
            return redirect("accounts:person", pk=pk)
    return _page(request, user, grant_form=form)


@require_POST
@coordinator_required
def grant_renew(request: HttpRequest, pk: int, grant: int) -> HttpResponse:
    found = get_object_or_404(RoleGrant, pk=grant, user=_person(pk))
    form = RenewForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["valid_until"])))
        return redirect("accounts:person", pk=pk)
    until = form.cleaned_data["valid_until"]
    return act(
        request, lambda: grants.renew_role(grant=found, valid_until=until, actor=actor_of(request)),
        done=_("役割の終了日を変えました。"), back=reverse("accounts:person", args=[pk]),
    )  # fmt: skip


@require_POST
@coordinator_required
def grant_end(request: HttpRequest, pk: int, grant: int) -> HttpResponse:
    found = get_object_or_404(RoleGrant, pk=grant, user=_person(pk))
    return act(
        request, lambda: grants.end_role(grant=found, actor=actor_of(request)), done=_("役割を終わりにしました。"),
        back=reverse("accounts:person", args=[pk]),
    )  # fmt: skip


@require_POST
@coordinator_required
def person_link(request: HttpRequest, pk: int) -> HttpResponse:
    user = _person(pk)
    try:
        address = passwords.reset_link(user=user, actor=actor_of(request))
    except Refusal as refusal:
        return _page(request, user, refusal=refusal)
    return link_page(request, address=address, heading=_("パスワードを決め直すリンクです"), name=user.shown_name, until=None)


@require_POST
@coordinator_required
def person_sign_out(request: HttpRequest, pk: int) -> HttpResponse:
    user = _person(pk)
    return act(
        request, lambda: accounts.sign_out_everywhere(user=user, actor=actor_of(request)),
        done=_("すべての端末からログアウトさせました。"), back=reverse("accounts:person", args=[pk]),
    )  # fmt: skip


@require_POST
@coordinator_required
def person_lift(request: HttpRequest, pk: int) -> HttpResponse:
    user = _person(pk)
    return act(
        request, lambda: lift_pause(user=user, actor=actor_of(request)), done=_("もう一度ログインできるようにしました。"),
        back=reverse("accounts:person", args=[pk]),
    )  # fmt: skip


@require_POST
@coordinator_required
def person_close(request: HttpRequest, pk: int) -> HttpResponse:
    user = _person(pk)
    return act(
        request, lambda: accounts.close_account(user=user, actor=actor_of(request)), done=_("アカウントを停止しました。"),
        back=reverse("accounts:person", args=[pk]),
    )  # fmt: skip


@require_POST
@coordinator_required
def person_open(request: HttpRequest, pk: int) -> HttpResponse:
    user = _person(pk)
    return act(
        request, lambda: accounts.open_account(user=user, actor=actor_of(request)), done=_("アカウントを再開しました。"),
        back=reverse("accounts:person", args=[pk]),
    )  # fmt: skip


def _person(pk: int) -> User:
    return get_object_or_404(people(), pk=pk)


def _page(
    request: HttpRequest, user: User, *, grant_form: GrantForm | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    context = {
        "person": user,
        "grants": grants_of(user),
        "events": events_of(user),
        "grant_form": grant_form or GrantForm(actor=actor_of(request)),
        "refusal": refusal,
        "paused": is_paused(user.username),
        "today": today(),
        "itself": user.pk == actor_of(request).pk,
    }
    status = refusal.status if refusal else 422 if grant_form else 200
    return render(request, "accounts/person.html", context, status=status)
