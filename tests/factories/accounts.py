"""Accounts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory

from foodbank.accounts.models import Role, RoleGrant, User


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A coordinator who is clearly made up; ``roles=[Role.DRIVER]`` for others, ``is_staff=False`` for somebody without any role.
    ``at`` is the site of the roles."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"staff{n}")
    last_name = "見本"
    first_name = factory.Sequence(lambda n: f"職員{n}")
    is_staff = True

    @factory.post_generation
    def roles(self, create: bool, extracted: Any, at: Any = None, **kwargs: Any) -> None:
        wanted = extracted if extracted is not None else [Role.COORDINATOR] if self.is_staff else []
        for role in wanted if create else []:
            RoleGrantFactory.create(user=self, role=role, site=at)


class RoleGrantFactory(factory.django.DjangoModelFactory[RoleGrant]):
    """In force from 2020 to 2099."""

    class Meta:
        model = RoleGrant

    user = factory.SubFactory(UserFactory, roles=[])
    role = Role.COORDINATOR
    valid_from = dt.date(2020, 1, 1)
    valid_until = dt.date(2099, 12, 31)
    granted_by = factory.SelfAttribute("user")
