"""Who acts. One account may hold several roles (来る人から関わる人へ)."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """Every ledger row, plan and decision names one of these as its actor."""

    # Part of what a session proves: raising it signs the account out everywhere.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    class Meta(AbstractUser.Meta):
        verbose_name = "利用者"
        verbose_name_plural = "利用者"

    @property
    def shown_name(self) -> str:
        """Family name first, as on a name tag; the sign-in name where there is none."""
        return f"{self.last_name} {self.first_name}".strip() or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        return f"{self.session_epoch}:{super()._get_session_auth_hash(secret=secret)}"  # type: ignore[misc]
