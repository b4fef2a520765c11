"""What a row of the access table is, and the people who try every address. How to add a row: see the package."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from foodbank.accounts.access import HANDS
from foodbank.accounts.models import Role, User
from foodbank.sites.models import Site, SiteKind
from tests.factories import PartnerFactory, SiteFactory, UserFactory


class Who(StrEnum):
    """Addresses that no role opens."""

    PUBLIC = "public"
    """Anybody, signed in or not."""
    SIGNED_IN = "signed in"
    """Whoever has an account; with ``own`` and ``other``, whom the object belongs to (a household's own page)."""
    KEY = "key"
    """Programs with a partner's API key; others get 401."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who tries an address. ``site`` is where the role holds: none for roles that hold everywhere, and without a role."""

    user: User
    role: Role | None = None
    site: Site | None = None


Made = Callable[[Person], Sequence[Any]]
"""Makes an object for, or foreign to, that person; gives the arguments of its address."""


@dataclass(frozen=True, slots=True)
class Row:
    who: Who | frozenset[Role]
    method: str = "get"
    args: Sequence[Any] = ()
    """For an address about one object: that of an object which does not exist."""
    own: Made | None = None
    other: Made | None = None
    wide: bool = False
    """An address about one object that whoever may open it opens for every object: there is no foreign one."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What is posted; nothing in it need be right."""
    door: str = "accounts:login"
    """Where strangers are sent."""

    @property
    def roles(self) -> frozenset[Role]:
        """With what the coordinator may do as well."""
        if not isinstance(self.who, frozenset):
            return frozenset()
        return self.who | {Role.COORDINATOR} if self.who & HANDS else self.who


def roles(*wanted: Role) -> frozenset[Role]:
    return frozenset(wanted)


DESK = roles(Role.COORDINATOR)


def person(role: Role | None) -> Person:
    """Somebody with that role alone: at a depot of their own where roles are given by place, at their partner, or everywhere."""
    site = None
    if role == Role.PARTNER:
        site = PartnerFactory.create().site
    elif role in HANDS:
        site = SiteFactory.create(kind=SiteKind.DEPOT)
    return Person(UserFactory.create(is_staff=False, roles=[] if role is None else [role], roles__at=site), role, site)


def ask(client: Client, name: str, row: Row, args: Sequence[Any], **headers: Any) -> HttpResponseBase:
    """One request to the row's address; posts carry a fresh idempotency key, as our own pages' posts do."""
    address = reverse(name, args=list(args))
    if row.method == "get":
        return client.get(address, headers=headers)
    headers.setdefault("Idempotency-Key", "-".join(("access", name, *map(str, args))))
    if name.startswith("api:"):
        send = getattr(client, row.method)
        return send(address, data=dict(row.data), content_type="application/json", headers=headers)
    return client.post(address, data=dict(row.data), headers=headers)
