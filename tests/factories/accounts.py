"""Accounts."""

from __future__ import annotations

import factory

from foodbank.accounts.models import User


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A staff member who is clearly made up."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"staff{n}")
    last_name = "見本"
    first_name = factory.Sequence(lambda n: f"職員{n}")
    is_staff = True
