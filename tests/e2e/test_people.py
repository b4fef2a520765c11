"""Coming in, in a real browser: with the keyboard alone, on a small screen, and nothing serious for axe on any of these pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from foodbank.accounts.models import Role, User
from foodbank.accounts.services.day_codes import make_day_code
from foodbank.accounts.services.invitations import invite
from foodbank.accounts.services.passwords import reset_link
from foodbank.core.dates import today
from foodbank.sites.models import SiteKind
from tests.e2e.conftest import serious, sign_in
from tests.factories import SiteFactory, UserFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def addresses(coordinator: User) -> dict[str, list[str]]:
    """What strangers open, and what the coordinator opens."""
    depot = SiteFactory.create(kind=SiteKind.DEPOT)
    code = make_day_code(day=today(), site_id=depot.pk, role=Role.WAREHOUSE, actor=coordinator)
    until = today() + dt.timedelta(days=30)
    _, secret = invite(name="見本 新人", role=Role.DRIVER, site_id=None, valid_from=today(), valid_until=until, actor=coordinator)
    helper = UserFactory.create(roles=[Role.WAREHOUSE], roles__at=depot)
    link = "/" + reset_link(user=helper, actor=coordinator).split("/", 3)[3]
    return {
        "outside": [f"/join/{code.code}", f"/invited/{secret}/", link, "/invited/x/", "/password/", "/password/sent/"],
        "inside": [
            "/people/", "/people/invite/", f"/people/{helper.pk}/", "/day-codes/", f"/day-codes/{code.pk}/", "/me/",
            "/me/profile/", "/me/password/",
        ],
    }  # fmt: skip


@pytest.mark.parametrize("width", [320, 1280])
def test_pages_about_people_are_fit_for_everybody(opened: Callable[..., Any], addresses: dict[str, list[str]], width: int):
    page = opened(width=width)
    faults = []
    for where in ("outside", "inside"):
        if where == "inside":
            sign_in(page)
        for address in addresses[where]:
            page.goto(address)
            faults += [f"{address}: {fault}" for fault in serious(page)]
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                faults.append(f"{address}: wider than {width} px")
    assert faults == []


def test_a_volunteer_joins_with_the_keyboard_alone(opened: Callable[..., Any], addresses: dict[str, list[str]]):
    page = opened(width=390)
    page.goto(addresses["outside"][0])
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "name":
            break
    page.keyboard.type("はなこ")
    page.keyboard.press("Enter")
    page.wait_for_url("**/warehouse/")
    assert User.objects.filter(last_name="はなこ").count() == 1
    assert page.locator("nav.site-nav a").count() == 1  # nothing of the desk


def test_an_invited_person_comes_in_without_any_script(browser: Any, live_server: Any, addresses: dict[str, list[str]]):
    context = browser.new_context(base_url=live_server.url, locale="ja-JP", java_script_enabled=False)
    page = context.new_page()
    page.goto(addresses["outside"][1])
    page.get_by_label("利用者名").fill("shinjin")
    page.get_by_label("新しいパスワード", exact=False).nth(0).fill("a-long-made-up-word")
    page.get_by_label("新しいパスワード（もう一度）").fill("a-long-made-up-word")
    page.get_by_role("button", name="アカウントを作って始める").click()
    page.wait_for_url("**/driving/")
    context.close()
