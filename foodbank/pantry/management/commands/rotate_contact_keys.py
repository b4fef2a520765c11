"""``manage.py rotate_contact_keys``: after a new ``CONTACT_KEY`` was put in front of the old one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from foodbank.accounts.services.system import system_user
from foodbank.pantry.services.rotation import rotate_keys


class Command(BaseCommand):
    help = "Wraps the key of each household with the first of CONTACT_KEY, so that the older ones may go."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rotate_keys(actor=system_user())} 世帯の鍵を包み直しました / household keys wrapped anew")
