"""One's own account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from foodbank.accounts.access import actor_of, signed_in_required
from foodbank.accounts.selectors import grants_of
from foodbank.core.dates import today


@signed_in_required
def me(request: HttpRequest) -> HttpResponse:
    """Who am I here, what may I do until when, and how do I sign out everywhere."""
    return render(request, "accounts/me.html", {"grants": grants_of(actor_of(request)).in_force(today())})
