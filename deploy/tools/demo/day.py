"""The day that the demo goes through: who takes part, what one step leaves for the ones after it, and what a step is."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from deploy.tools import process
from deploy.tools.demo.browser import Visitor
from deploy.tools.demo.site import Site, japan_today

SET_OFF_STOPS = 3
"""So many stops of the first route are behind it when the coordinator plans again."""

Kind = Literal["any day", "coming", "today"]


@dataclass
class Account:
    """How somebody comes in: by name and password, or by a link (and a code)."""

    username: str = ""
    password: str = ""
    link: str = ""
    code: str = ""


@dataclass
class Day:
    """What the steps leave for the ones after them, and for the table at the end."""

    site: Site
    date: dt.date
    seconds: int = 10
    plan: dict[str, Any] = field(default_factory=dict)
    sheets: list[Path] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)
    """By who: administrator, coordinator, driver, partner, warehouse, reception …"""
    key: str = ""
    links: dict[str, str] = field(default_factory=dict)
    """Addresses that one step finds and another opens, by what they are."""
    vehicles: list[str] = field(default_factory=list)
    """Those that drive today, in the order in which they set out."""
    counted: Counter[str] = field(default_factory=Counter)
    """Figures for the table that stand on no page, by what they count."""
    grams: dict[tuple[str, str], int] = field(default_factory=dict)
    """By the words and the code of the report in kilograms."""
    _visitors: dict[str, Visitor] = field(default_factory=dict)

    def visitor(self, who: str) -> Visitor:
        """Somebody with a device of their own: each keeps their own cookies."""
        return self._visitors.setdefault(who, Visitor(self.site.address))

    @staticmethod
    def shown(path: Path) -> str:
        """As seen from where the demo was started."""
        return os.path.relpath(path, process.ROOT)

    def can(self, step: Step) -> bool:
        """Whether the day is one on which that can be done."""
        today = japan_today()
        return {"any day": True, "coming": self.date >= today, "today": self.date == today}[step.on]

    @property
    def page(self) -> str:
        return f"/day/{self.date.isoformat()}/"

    @property
    def labels(self) -> Path:
        return self.site.folder / "labels.pdf"

    @property
    def sheets_folder(self) -> Path:
        return self.site.folder / "route-sheets"

    @property
    def papers(self) -> Path:
        return self.site.folder / "papers"

    @property
    def plan_file(self) -> Path:
        return self.site.folder / "plan.json"


@dataclass(frozen=True)
class Step:
    """``run`` does it and returns a short remark for the line on the screen. Any fault ends the demo."""

    ja: str
    en: str
    run: Callable[[Day], str]
    on: Kind = "any day"
    """What belongs to a day that has not passed, or to a day that is now, is left out when the demo is about another one."""
