"""Signing in with the code of a day, counted by axes like a password: ten wrong ones pause it for that network address."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from foodbank.accounts.models import User
from foodbank.accounts.services.day_codes import join


class DayCodeBackend(ModelBackend):
    def authenticate(  # type: ignore[override] # other credentials than a password
        self,
        request: HttpRequest | None,
        *,
        day_code: str | None = None,
        name: str = "",
        account: User | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Call with ``username=JOINING`` of the policies. May raise what :func:`~foodbank.accounts.services.day_codes.join` refuses."""
        return None if day_code is None else join(code=day_code, name=name, account=account)
