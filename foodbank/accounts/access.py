"""Who may open which page. For now every member of staff is a coordinator; roles by day and place will replace this one spot."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from foodbank.accounts.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def is_coordinator(user: object) -> bool:
    return isinstance(user, User) and user.is_active and user.is_staff


def coordinator_required(view: View[P]) -> View[P]:
    """Anonymous visitors are sent to the sign-in page, people without the role get the 403 page."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not is_coordinator(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def actor_of(request: HttpRequest) -> User:
    """The signed-in person behind a guarded view, as services want their ``actor``."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
