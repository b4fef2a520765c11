"""The page of a partner's API keys, the same for the coordinator and for the partner itself: who may open it, the views say."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from foodbank.accounts.access import actor_of
from foodbank.core.dates import at, today
from foodbank.core.errors import Refusal
from foodbank.core.forms import EntryForm, own_language
from foodbank.core.pages import act, bound
from foodbank.partners.forms import KeyForm, RotateForm
from foodbank.partners.models import KeyScope, Partner, PartnerKey
from foodbank.partners.services.keys import OVERLAP, IssuedKey, issue_key, revoke_key, rotate_key


def keys_page(request: HttpRequest, partner: Partner, *, space: str) -> HttpResponse:
    """The list, and a form for a new key, which is shown in the answer and never again. ``space`` is the namespace of the routes
    ``keys``, ``key_rotate`` and ``key_revoke``."""
    form, issued = bound(request, KeyForm), None
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        until = values["expires_on"]
        try:
            issued = issue_key(
                partner=partner,
                name=values["name"],
                scope=KeyScope(values["scope"]),
                expires_at=_end_of(until) if until else None,
                actor=actor_of(request),
            )
            form = KeyForm()
        except Refusal as refusal:
            form.refuse(refusal)
    return _shown(request, partner, space, form=form, issued=issued)


def rotate_page(request: HttpRequest, partner: Partner, pk: int, *, space: str) -> HttpResponse:
    """The key gets a successor, shown in the answer; the old one works until the day that was chosen."""
    key = get_object_or_404(PartnerKey, partner=partner, pk=pk)
    form = RotateForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("古いキーを使える最後の日を入力してください。"))
        return redirect(reverse(f"{space}:keys", args=[partner.site.code]))
    try:
        issued = rotate_key(key=key, actor=actor_of(request), old_until=_end_of(form.cleaned_data["old_until"]))
    except Refusal as refusal:
        messages.error(request, own_language(refusal.text))
        return redirect(reverse(f"{space}:keys", args=[partner.site.code]))
    return _shown(request, partner, space, form=KeyForm(), issued=issued)


def revoke_page(request: HttpRequest, partner: Partner, pk: int, *, space: str) -> HttpResponse:
    key = get_object_or_404(PartnerKey, partner=partner, pk=pk)
    return act(
        request, lambda: revoke_key(key=key, actor=actor_of(request)),
        done=_("キー %(key)s を無効にしました。") % {"key": key.prefix}, back=reverse(f"{space}:keys", args=[partner.site.code]),
    )  # fmt: skip


def _shown(request: HttpRequest, partner: Partner, space: str, *, form: EntryForm, issued: IssuedKey | None) -> HttpResponse:
    now = timezone.now()
    keys = list(PartnerKey.objects.filter(partner=partner).order_by("-pk"))
    context = {
        "partner": partner,
        "space": space,
        "form": form,
        "issued": issued,
        "keys": [key for key in keys if key.valid(now)],
        "over": [key for key in keys if not key.valid(now)],
        "old_until": today() + OVERLAP,
        "addresses": {name: f"{space}:{name}" for name in ("keys", "key_rotate", "key_revoke")},
    }
    failed = form.is_bound and issued is None
    answer = render(
        request, f"{'partners' if space == 'partners' else 'portal'}/keys.html", context, status=422 if failed else 200
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _end_of(day: dt.date) -> dt.datetime:
    """A key that works until a day works on that day."""
    return at(day + dt.timedelta(days=1), dt.time())
