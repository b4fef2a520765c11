"""Going through every page as one person, in a real browser: sound, inside the screen, without a fault."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from deploy.tools.demo.browser import Visitor
from tests.crawl import LEADS_OUT, route_of
from tests.e2e.conftest import serious

FILES = frozenset(
    {
        "accounts:day_code_poster",
        "dispatch:plan_json",
        "inventory:labels_pdf",
        "month:stock_csv",
        "reports:kilograms_file",
        "reports:receipt_file",
        "reports:use_file",
        "sheets:all",
        "sheets:route",
        "warehouse:lot_label",
        "warehouse:place_labels",
        "warehouse:todays_labels",
    }
)
"""Files and data that a browser keeps instead of showing."""
_LINKS = (  # those in a drawing have an address of another kind
    "() => [...document.querySelectorAll('a[href]')].map(link => new URL(link.getAttribute('href'), document.baseURI).href)"
)
_OPEN_ALL = "document.querySelectorAll('details').forEach(part => { part.open = true })"
_TOO_WIDE = (
    "() => [...document.querySelectorAll('main *, header *')]"
    ".filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.table-frame, .chart-scroll, svg'))"
    ".slice(0, 3).map(e => e.tagName + '.' + e.className + '#' + e.id)"
)
_SMALL = (
    "() => [...document.querySelectorAll('button, .button, select, input:not([type=hidden], [type=checkbox], [type=radio])')]"
    ".filter(e => e.offsetParent && !e.closest('.visually-hidden') && !e.matches('.visually-hidden, .link-button')"
    " && e.getBoundingClientRect().height < 43.5).slice(0, 3).map(e => e.outerHTML.slice(0, 90))"
)


@dataclass
class Walk:
    """What was found on the way. ``page`` is a browser's page of that ``width``; ``site`` is where the program answers."""

    page: Any
    site: str
    width: int
    found: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def through(self, starts: Iterable[str]) -> None:
        """Every page that ``starts`` lead to, one of each route."""
        waiting = [address if address.startswith("http") else self.site + address for address in starts]
        while waiting:
            address = waiting.pop(0).partition("#")[0]
            name = route_of(address)
            if not address.startswith(self.site) or name in self.names | FILES | LEADS_OUT | {""}:
                continue
            if name.startswith(("admin:", "api:")):  # other people's pages, and data
                continue
            self.names.add(name)
            self.page.goto(address)
            self.names.add(route_of(self.page.url))
            waiting += self.page.evaluate(_LINKS)
            self.look()

    def look(self) -> None:
        """At the page as it stands, with everything that can be unfolded."""
        page, name = self.page, urlsplit(self.page.url).path
        page.evaluate(_OPEN_ALL)
        self.found += [f"{name}: {line}" for line in serious(page)]
        if self.width == 390:
            self.found += [f"{name}: lower than 44 px: {line}" for line in page.evaluate(_SMALL)]
            page.set_viewport_size({"width": 320, "height": 844})
            self._fits(name, 320, "100%")
            page.set_viewport_size({"width": 390, "height": 844})
        self._fits(name, self.width, "200%")

    def _fits(self, name: str, width: int, text: str) -> None:
        self.page.evaluate("size => { document.documentElement.style.fontSize = size }", text)
        shown = self.page.evaluate("document.documentElement.scrollWidth")
        if shown > width:
            self.found.append(f"{name}: {shown} px at {width} px, {text}: {self.page.evaluate(_TOO_WIDE)}")


def come_in(context: Any, visitor: Visitor, site: str) -> None:
    """The browser goes on where the visitor is."""
    context.add_cookies([{"name": one.name, "value": one.value or "", "url": site} for one in visitor.cookies])
