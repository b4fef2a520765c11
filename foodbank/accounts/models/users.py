"""Who acts. One account may hold several roles (来る人から関わる人へ)."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Every ledger row, plan and decision names one of these as its actor."""

    class Meta(AbstractUser.Meta):
        verbose_name = "利用者"
        verbose_name_plural = "利用者"

    @property
    def shown_name(self) -> str:
        """Family name first, as on a name tag; the sign-in name where there is none."""
        return f"{self.last_name} {self.first_name}".strip() or self.username
