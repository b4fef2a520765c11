"""The coordinator's morning in a real browser: what wants a person, calling off with the keyboard alone, telling by telephone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from foodbank.accounts.services.system import system_user
from foodbank.core.outbox import relay
from foodbank.messaging.models import CallToMake
from logistics.dispatch.models import CallOff, FailReason, Plan, Stop, StopProgress, StopState
from logistics.dispatch.services.publishing import publish
from tests.e2e.conftest import serious, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def live(planned_day: dt.date) -> Plan:
    plan = Plan.objects.get(day=planned_day)
    return publish(plan=plan, actor=system_user())


def fail(plan: Plan, number: int) -> None:
    stop = Stop.objects.filter(route__plan=plan, deliveries__isnull=False).order_by("pk")[number]
    StopProgress.objects.create(
        stop=stop, state=StopState.FAILED, fail_reason=FailReason.ABSENT, closed_at=timezone.now(), actor=system_user()
    )


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_read_well_for_everybody(opened: Callable[..., Any], live: Plan, width: int):
    fail(live, 0)
    page = opened(width=width)
    sign_in(page)
    day = live.day.isoformat()
    vehicle = live.routes.select_related("vehicle")[0].vehicle.code
    for path in (
        f"/day/{day}/", f"/day/{day}/call-off/", f"/day/{day}/call-off/vehicle/{vehicle}/", f"/day/{day}/call-off/day/all/",
        f"/day/{day}/drivers/", f"/day/{day}/refused-scans/", "/notices/",
    ):  # fmt: skip
        page.goto(path)
        assert serious(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert page.faults == []


def test_a_whole_day_is_called_off_by_keyboard_and_those_without_email_are_called(opened: Callable[..., Any], live: Plan):
    page = opened()
    sign_in(page)
    page.goto(f"/day/{live.day.isoformat()}/call-off/")
    page.get_by_role("link", name="この日を全部中止にする").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/call-off/day/all/")
    shown = page.get_by_role("heading", name="知らせる相手").inner_text()
    page.get_by_label("理由").focus()
    page.keyboard.type("台風のため。")
    for _ in range(10):  # past the day to move to, which has three parts
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "submit":
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/day/{live.day.isoformat()}/")
    assert page.get_by_text("中止にしました。").is_visible()
    assert page.get_by_text("この日は中止になっています。").is_visible()
    assert CallOff.objects.get().reason == "台風のため。"
    relay()
    calls = CallToMake.objects.count()
    assert f"{calls} 件" in shown  # nobody on the example day has an e-mail address
    page.reload()
    page.get_by_role("link", name="電話をかける").click()
    page.get_by_role("button", name="伝えた").first.click()
    page.wait_for_url("**/notices/")
    assert CallToMake.objects.filter(state="done").count() == 1


def test_the_list_renews_itself_and_the_focus_stays_where_it_was(opened: Callable[..., Any], live: Plan):
    fail(live, 0)
    page = opened()
    sign_in(page)
    page.goto(f"/day/{live.day.isoformat()}/")
    button = page.locator("#needs button", has_text="対応した").first
    button.focus()
    held = page.evaluate("document.activeElement.id")
    assert held.startswith("settle-")
    fail(live, 1)
    page.evaluate(
        "htmx.ajax('GET', document.querySelector('#needs').getAttribute('hx-get'), {target: '#needs', swap: 'outerHTML'})"
    )
    page.locator("#needs button", has_text="対応した").nth(1).wait_for()
    assert page.evaluate("document.activeElement.id") == held
    assert page.evaluate("document.querySelector('#needs').getAttribute('hx-trigger')").startswith("every 15s")
    assert page.faults == []


def test_an_order_by_telephone_is_two_presses_from_the_day(opened: Callable[..., Any], planned_day: dt.date):
    page = opened()
    sign_in(page)
    page.goto(f"/day/{planned_day.isoformat()}/")
    page.get_by_role("link", name="注文を電話で受ける").click()
    page.wait_for_url("**/orders/new/**")
    assert page.get_by_label("提供先").is_visible()
