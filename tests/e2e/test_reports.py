"""Receipt, use report and kilograms in a real browser: readable for everybody, on a phone and with large text, and their files open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from foodbank.accounts.models import User
from foodbank.core.dates import today
from foodbank.donations.models import Offer
from foodbank.donations.services.intake import receive_offer
from foodbank.inventory.services.ledger import correct
from tests.e2e.conftest import serious, sign_in
from tests.factories import PlaceFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def addresses(planned_day: dt.date, coordinator: User) -> dict[str, str]:
    """A shop's goods were received, and written down wrongly at first."""
    offer = Offer.objects.select_related("donor__site").order_by("pk")[0]
    made = receive_offer(offer=offer, quantity=3, place=PlaceFactory.create(zone="frozen"), actor=coordinator)
    correct(movement=made.movement, quantity=2, note="数え間違い", actor=coordinator)
    code = offer.donor.site.code
    return {
        "list": "/reports/receipts/",
        "receipt": f"/reports/receipts/{today().isoformat()}/{code}/",
        "use": f"/reports/use/{code}/",
        "kilograms": "/reports/kilograms/",
        "wrong days": "/reports/kilograms/?from=2026-12-05&until=2026-12-01",
    }


@pytest.mark.parametrize(
    ("width", "dark", "text"), [(320, False, "100%"), (390, True, "200%"), (1280, False, "100%")], ids=["narrow", "large", "desk"]
)
def test_everybody_can_read_the_reports(
    addresses: dict[str, str], opened: Callable[..., Any], width: int, dark: bool, text: str
) -> None:
    page = opened(width=width, dark=dark)
    sign_in(page)
    for name, address in addresses.items():
        page.goto(address)
        page.evaluate("size => document.documentElement.style.fontSize = size", text)
        assert serious(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert [fault for fault in page.faults if "422" not in fault] == []


def test_from_the_menu_to_a_receipt_by_keyboard_alone(addresses: dict[str, str], opened: Callable[..., Any]) -> None:
    page = opened()
    sign_in(page)
    page.get_by_role("link", name="報告書").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/receipts/")
    page.get_by_role("link", name="この日の分").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{addresses['receipt']}")
    assert "訂正版" in page.content()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").focus()
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".csv")
