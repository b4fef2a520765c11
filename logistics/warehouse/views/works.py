"""What is done with one lot in the hand, in the words of its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from foodbank.inventory.models import Balance
from foodbank.sites.models import Site
from logistics.warehouse.selectors.home import expiring, to_put_away


@dataclass(frozen=True, slots=True)
class Work:
    """What is done with a lot, as its two pages say it. ``rows`` are those that wait for it; ``sent``: by our script, since a code is
    read on the page."""

    name: str
    title: object
    button: object
    rows: Callable[[Site], Iterable[Balance]] = lambda site: ()
    waiting: object = ""
    nothing: object = ""
    weight: str = "primary"
    fields: str = "warehouse/parts/lot_fields.html"
    sent: bool = False

    @property
    def scan(self) -> str:
        return f"warehouse:{self.name}_scan"


MOVE = Work(
    "move", _("しまう・移す"), _("移す"), to_put_away, _("受入場所にあるもの"), _("しまうものはありません。"),
    fields="warehouse/parts/move_fields.html", sent=True,
)  # fmt: skip
DISCARD = Work(
    "discard", _("捨てる"), _("廃棄に記録する"), expiring, _("期限が今日まで、または過ぎたもの"),
    _("期限が過ぎたものはありません。"), weight="danger",
)  # fmt: skip
COUNT = Work("count", _("数える"), _("この数にする"))
