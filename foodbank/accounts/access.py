"""Who may open which page: the one place that knows what a role allows (P7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase

from foodbank.accounts.models import Role, RoleGrant, User
from foodbank.core.dates import today

P = ParamSpec("P")
M = TypeVar("M", bound=Model)
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

HANDS = frozenset({Role.WAREHOUSE, Role.DRIVER, Role.RECEPTION})
"""What a coordinator may do too. Contact data (registrar) and a partner's own pages need their own grant."""


@dataclass(frozen=True, slots=True)
class Access:
    """What somebody may do today: roles, each with the numbers of its sites, or ``None`` for every site. ``days``: from when until when
    they have a role; what a coordinator may do as one is bound to no days."""

    sites: dict[Role, frozenset[int] | None]
    days: dict[Role, tuple[dt.date, dt.date]]

    def has(self, *roles: Role) -> bool:
        """At least one of ``roles``, at whatever place."""
        return any(role in self.sites for role in roles)

    def at(self, role: Role, site_id: int | None) -> bool:
        """``role`` at that very site; what belongs to no site is for those who work at every site."""
        if role not in self.sites:
            return False
        allowed = self.sites[role]
        return allowed is None or site_id in allowed

    def only_sites(self, role: Role) -> frozenset[int] | None:
        """The sites to narrow a query to; ``None``: no narrowing. Without the role: the empty set."""
        return self.sites.get(role, frozenset())

    def only_days(self, role: Role) -> tuple[dt.date, dt.date] | None:
        """The days, both included, to narrow a query to, so that a volunteer of one day sees that day; ``None``: no narrowing."""
        return self.days.get(role)

    @property
    def is_coordinator(self) -> bool:
        """For templates."""
        return self.has(Role.COORDINATOR)


NOBODY = Access({}, {})


def access_of_user(user: object) -> Access:
    """One query for somebody signed in. An administrator (``is_superuser``) is a coordinator always."""
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    found: dict[Role, set[int] | None] = {}
    days: dict[Role, tuple[dt.date, dt.date]] = {}
    grants = RoleGrant.objects.filter(user=user).in_force(today())
    for name, site, first, last in grants.values_list("role", "site", "valid_from", "valid_until"):
        role = Role(name)
        known = found.get(role, set())
        found[role] = None if site is None or known is None else known | {site}
        since, until = days.get(role, (first, last))
        days[role] = min(since, first), max(until, last)
    if user.is_superuser:
        found[Role.COORDINATOR] = None
    if Role.COORDINATOR in found:
        found |= dict.fromkeys(HANDS, None)
        days = {role: span for role, span in days.items() if role not in HANDS}
    return Access({role: None if sites is None else frozenset(sites) for role, sites in found.items()}, days)


def access_of(request: HttpRequest) -> Access:
    """What the person behind ``request`` may do; asked once per request."""
    known = getattr(request, "_access", None)
    if known is None:
        known = access_of_user(request.user)
        request._access = known  # type: ignore[attr-defined]
    return known


def role_required(*roles: Role) -> Callable[[View[P]], View[P]]:
    """Anonymous visitors are sent to the sign-in page, people without any of ``roles`` get the 403 page. Which rows they may see is
    the view's to narrow: what is not theirs is 404 (P13)."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not access_of(request).has(*roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.roles = frozenset(roles)  # type: ignore[attr-defined] # the table of the tests compares
        return guarded

    return decorate


def signed_in_required(view: View[P]) -> View[P]:
    """For what is the account's own, whatever its roles."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def narrowed(request: HttpRequest, role: Role, rows: QuerySet[M], *, site: str = "site") -> QuerySet[M]:
    """Those of ``rows`` at a place where the person behind ``request`` has ``role``; ``site`` is the field path to the place's
    :class:`~foodbank.sites.models.Site`. With ``get_object_or_404`` another place's object is 404 (P13)."""
    sites = access_of(request).only_sites(role)
    return rows if sites is None else rows.filter(**{f"{site}__in": sites})


def narrowed_by_day(request: HttpRequest, role: Role, rows: QuerySet[M], *, day: str = "day") -> QuerySet[M]:
    """Those of ``rows`` of a day for which the person behind ``request`` has ``role`` (P7); ``day`` is the field path to the date."""
    days = access_of(request).only_days(role)
    return rows if days is None else rows.filter(**{f"{day}__range": days})


def coordinator_required(view: View[P]) -> View[P]:
    return role_required(Role.COORDINATOR)(view)


def actor_of(request: HttpRequest) -> User:
    """The signed-in person behind a guarded view, as services want their ``actor``."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
