"""Every page: nothing serious for axe, nothing that runs out of a small screen, no fault on the console; and the pictures of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from foodbank.donations.models import Offer
from foodbank.inventory.models import Balance
from foodbank.partners.models import Order
from foodbank.sites.models import Agreement
from logistics.fleet.models import Vehicle
from tests.e2e.conftest import serious, sign_in

pytestmark = pytest.mark.browser
PICTURES = {
    "login": "/login/",
    "day": "/day/{day}/",
    "import": "/import/",
    "offers": "/offers/?day={day}",
    "order": "/orders/{order}/",
    "vehicle": "/vehicles/{vehicle}/",
    "label": "/q/{lot}",
}


@pytest.fixture
def addresses(planned_day: Any) -> dict[str, str]:
    known = {
        "day": planned_day.isoformat(),
        "order": Order.objects.values_list("pk", flat=True)[0],
        "vehicle": Vehicle.objects.values_list("code", flat=True)[0],
        "lot": Balance.objects.there().select_related("lot")[0].lot.code,
    }
    pages = {name: address.format(**known) for name, address in PICTURES.items()}
    first = Offer.objects.select_related("donor__site", "item")[0]
    return pages | {
        "empty day": "/day/2020-01-01/",
        "one vehicle": f"/day/{known['day']}/?vehicle={known['vehicle']}",
        "orders": "/orders/",
        "order new": "/orders/new/",
        "offer": f"/offers/{first.pk}/",
        "offer new": "/offers/new/",
        "donors": "/donors/",
        "donor": f"/donors/{first.donor.site.code}/",
        "donor new": "/donors/new/",
        "partners": "/partners/",
        "partner new": "/partners/new/",
        "items": "/items/",
        "item": f"/items/{first.item.gtin}/",
        "item new": "/items/new/",
        "vehicles": "/vehicles/",
        "vehicle new": "/vehicles/new/",
        "agreements": "/agreements/",
        "agreement": f"/agreements/{Agreement.objects.values_list('pk', flat=True)[0]}/",
        "agreement new": "/agreements/new/",
        "find": "/q/",
        "nothing found": "/items/?q=zzzz",
        "no such page": "/nowhere/",
        "no such code": "/q/L0000000",
    }


@pytest.mark.parametrize(("width", "dark"), [(390, False), (1280, True)], ids=["phone light", "desk dark"])
def test_axe_finds_nothing_serious(addresses: dict[str, str], opened: Callable[..., Any], width: int, dark: bool) -> None:
    stranger = opened(width=width, dark=dark)
    found: list[str] = []
    for address in ("/login/", addresses["label"]):
        stranger.goto(address)
        found += [f"{address} (stranger): {line}" for line in serious(stranger)]
    page = opened(width=width, dark=dark)
    sign_in(page)
    for name, address in addresses.items():
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
        found += [f"{name} {address}: {line}" for line in serious(page)]
    assert found == []
    assert [fault for fault in page.faults if "404" not in fault] == []


def test_a_form_sent_back_is_sound_too(addresses: dict[str, str], opened: Callable[..., Any]) -> None:
    page = opened(width=390)
    sign_in(page)
    found = []
    for address in ("/orders/new/", "/items/new/", "/donors/new/", "/vehicles/new/"):
        page.goto(address)
        page.get_by_role("button", name="保存する").click()
        alert = page.get_by_role("alert")
        assert alert.is_visible()
        assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"  # read out first
        alert.get_by_role("link").first.click()
        assert page.evaluate("document.activeElement.matches('input, select, textarea, div')")
        found += [f"{address}: {line}" for line in serious(page)]
    assert found == []


@pytest.mark.parametrize(("width", "text"), [(320, "100%"), (390, "200%"), (1280, "200%")])
def test_nothing_runs_out_of_the_page(addresses: dict[str, str], opened: Callable[..., Any], width: int, text: str) -> None:
    page = opened(width=width)
    sign_in(page)
    too_wide = []
    for name, address in addresses.items():
        page.goto(address)
        page.evaluate("size => { document.documentElement.style.fontSize = size }", text)
        shown = page.evaluate("document.documentElement.scrollWidth")
        if shown > width:
            worst = page.evaluate(
                "() => [...document.querySelectorAll('main *, header *')]"
                ".filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.table-frame, .chart-scroll, svg'))"
                ".slice(0, 3).map(e => e.tagName + '.' + e.className + '#' + e.id)"
            )
            too_wide.append(f"{name} {address}: {shown} {worst}")
    assert too_wide == []


def test_large_targets_on_phones(addresses: dict[str, str], opened: Callable[..., Any]) -> None:
    """Buttons and fields are at least 44 CSS pixels high (WCAG 2.2 asks for 24)."""
    page = opened(width=390)
    sign_in(page)
    for name in ("day", "order", "vehicle", "import", "label"):
        page.goto(addresses[name])
        small = page.evaluate(
            "() => [...document.querySelectorAll('button, .button, select, input:not([type=hidden], [type=checkbox], [type=radio])')]"
            ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 80))"
        )
        assert small == [], name


def test_screenshots(addresses: dict[str, str], opened: Callable[..., Any], tmp_path: Path) -> None:
    """The main pages at 390 and 1280 px, light and dark; kept where ``TEST_SCREENSHOTS`` says (``make screenshots``)."""
    folder = Path(os.environ.get("TEST_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    for width in (390, 1280):
        for dark in (False, True):
            page = opened(width=width, dark=dark)
            for name in PICTURES:
                if name == "day":
                    sign_in(page)
                page.goto(addresses[name])
                page.wait_for_load_state("networkidle")
                path = folder / f"{name}-{width}-{'dark' if dark else 'light'}.png"
                page.screenshot(path=path, full_page=True)
                with Image.open(path) as picture:
                    small = picture.convert("RGB").quantize(128)
                small.save(path, optimize=True)
                assert path.stat().st_size > 5_000
