"""``manage.py create_admin NAME [--email E]``: the first administrator of a new installation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from foodbank.accounts.services.administrators import create_administrator
from foodbank.accounts.services.system import system_user
from foodbank.core.commands import OneLineCommand, refusals_exit_2


class Command(OneLineCommand):
    help = "Make an administrator and print the link that sets the password, once, within 24 hours. Exit 0: made; 2: refused."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the sign-in name")
        parser.add_argument("--email", default="", help="for setting the password anew later")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals_exit_2(self.stderr):
            link = create_administrator(username=options["name"], email=options["email"], actor=system_user())
        self.stdout.write(
            f"管理者「{options['name']}」を作りました。24時間以内に、次のリンクでパスワードを決めてください（1回だけ使えます）。\n"
            f"Administrator made. Set the password by this link within 24 hours; it works once.\n\n{link}"
        )
