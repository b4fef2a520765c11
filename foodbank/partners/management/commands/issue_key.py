"""``manage.py issue_key P001 --name "注文システム"``"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from foodbank.accounts.services.system import system_user
from foodbank.core.commands import OneLineCommand, refusals_exit_2
from foodbank.core.errors import Refusal, Text
from foodbank.partners.models import KeyScope, Partner
from foodbank.partners.services.keys import issue_key


class Command(OneLineCommand):
    help = "Print a new API key of a partner, once: standard output holds the key and nothing else. Exit 0 done, 2 refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("partner", metavar="CODE", help="the partner's code, such as P001")
        parser.add_argument("--name", default="コマンドで発行", help="what the partner calls the program that uses the key")
        parser.add_argument("--read-only", action="store_true", help="the key may look, but not order")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals_exit_2(self.stderr):
            code = options["partner"].strip()
            partner = Partner.objects.select_related("site").filter(site__code=code).first()
            if partner is None:
                raise Refusal(
                    "partner.unknown",
                    Text(f"提供先「{code}」は登録されていません。", f"There is no partner {code!r}."),
                    params={"partner": code},
                )
            scope = KeyScope.READ if options["read_only"] else KeyScope.ORDER
            issued = issue_key(partner=partner, name=options["name"], scope=scope, actor=system_user())
        self.stderr.write("このキーは今だけ表示されます。 / This key is shown only now.")
        self.stdout.write(issued.secret)
