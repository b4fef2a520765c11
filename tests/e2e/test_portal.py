"""A partner at its own pages in a real browser: with the keyboard alone, and what axe says of every page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from foodbank.accounts.models import Role
from foodbank.core.dates import today
from foodbank.partners.models import Order, Partner
from foodbank.partners.services.rules import close_day
from tests.e2e.conftest import PASSWORD, serious
from tests.factories import PartnerFactory, PlaceFactory, SiteFactory, UserFactory, a_key, an_order, category, stocked
from tests.factories.deliveries import a_delivery, handed_over

pytestmark = pytest.mark.browser
DAY = today() + dt.timedelta(days=3)


@pytest.fixture
def partner(transactional_db: None) -> Partner:
    for code in ("bread", "rice"):
        category(code)
    partner = PartnerFactory.create(site__name="見本の食堂")
    user = UserFactory.create(username="shokudo", is_staff=False, roles=[Role.PARTNER], roles__at=partner.site)
    user.set_password(PASSWORD)
    user.save()
    return partner


def sign_in(page: Any) -> None:
    page.goto("/login/?next=/partner/")
    page.get_by_label("利用者名").fill("shokudo")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログインする").click()
    page.wait_for_url("**/partner/**")


@pytest.mark.parametrize(("width", "dark"), [(320, False), (390, True), (1280, False)])
def test_every_page_is_sound(opened: Callable[..., Any], partner: Partner, width: int, dark: bool) -> None:
    stocked(9, place=PlaceFactory.create(site=SiteFactory.create()))
    came, coming = handed_over(a_delivery(partner)), a_delivery(partner, day=DAY + dt.timedelta(days=1))
    mine = an_order(partner, note="裏口へ", external_ref="A-17")
    a_key(partner)
    close_day(day=DAY + dt.timedelta(days=9), reason="", actor=UserFactory.create())
    page = opened(width=width, dark=dark)
    sign_in(page)
    home = f"/partner/{partner.site.code}/"
    paths = (
        "", "orders/", "orders/new/", "orders/new/?like=last", f"orders/{mine.public_id}/", f"orders/{mine.public_id}/change/",
        f"stock/?date={DAY}", f"stock/?date={DAY + dt.timedelta(days=9)}", f"deliveries/{came.public_id}/",
        f"deliveries/{coming.public_id}/", "keys/",
    )  # fmt: skip
    found: list[str] = []
    for path in paths:
        page.goto(home + path)
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
        found += [f"{path}: {line}" for line in serious(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path}: runs out of {width} px")
    assert found == []
    assert page.faults == []


def test_an_order_is_placed_with_the_keyboard_alone(opened: Callable[..., Any], partner: Partner) -> None:
    page = opened(width=1280)
    sign_in(page)
    page.get_by_role("link", name="注文する").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/new/")
    for label, text in (("お届け日", DAY.isoformat()), ("時間帯（から）", "10:00"), ("時間帯（まで）", "12:00")):
        page.get_by_label(label).fill(text)
    page.get_by_label("子どもの人数").focus()
    page.keyboard.type("25")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "kg_bread":
            break
    page.keyboard.type("12.5")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/partner/{partner.site.code}/")
    made = Order.objects.get()
    assert (made.partner, made.children, made.delivery_date) == (partner, 25, DAY)
    assert [line.asked_g for line in made.lines.all()] == [12_500]
    assert "注文を受け付けました" in page.content()


def test_the_contract_is_shown_under_our_own_policy(opened: Callable[..., Any], transactional_db: None) -> None:
    page = opened(width=1280)
    page.goto("/api/v1/docs/")
    page.get_by_text("What can be ordered", exact=True).wait_for()
    assert page.faults == []
