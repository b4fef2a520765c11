"""The coordinator edits the plan by hand in a real browser: drags, hears what it does, undoes, locks, plans again, publishes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest

from foodbank.sites.models import Site
from logistics.dispatch.models import Plan, PlanEdit, PlanJob, PlanLock
from logistics.dispatch.services.jobs import run_job
from tests.e2e.conftest import sign_in

pytestmark = pytest.mark.browser


def middle(locator: Any) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def brought_in_one_go() -> str:
    """The name of a place where somebody gets the whole order at once: what comes with two vehicles cannot be locked as it is."""
    stops = [stop for route in Plan.objects.get().document["routes"] for stop in route["stops"] if "visit" not in stop]
    orders = {id(stop): {unit["order_ref"] for unit in stop["drop_off"] if "order_ref" in unit} for stop in stops}
    met = Counter(ref for refs in orders.values() for ref in refs)
    site = next(stop["site"] for stop in stops if orders[id(stop)] and all(met[ref] == 1 for ref in orders[id(stop)]))
    return str(Site.objects.get(code=site).name)


def test_a_stop_is_dragged_undone_locked_and_stays_when_the_day_is_planned_again(opened, planned_day: dt.date):
    page = opened(width=1280, height=1100)
    sign_in(page)
    page.goto(f"/day/{planned_day}/")
    page.get_by_role("link", name="手で直す").click()
    first = page.locator(f'.hand-chart .stop:not(.visit-stop)[aria-label*="{brought_in_one_go()}"]').first
    lane, name = first.get_attribute("data-vehicle"), first.get_attribute("aria-label").split()[2]
    other = next(row for row in page.locator(".hand-chart [data-lane]").all() if row.get_attribute("data-lane") != lane)
    target = other.get_attribute("data-lane")
    first.scroll_into_view_if_needed()
    x, y = middle(first)
    page.mouse.move(x, y)
    page.mouse.down()
    at = middle(other.locator(".lane"))
    page.mouse.move(*at, steps=5)
    page.mouse.up()
    page.get_by_text(f"を{target}へ動かした").wait_for()
    assert "km" in page.locator(".hand-feedback").inner_text()
    assert PlanEdit.objects.count() == 1

    page.keyboard.press("Control+z")
    page.get_by_text("まだ何も直していません").wait_for()
    page.get_by_role("button", name="やり直す").click()
    page.get_by_text(f"を{target}へ動かした").wait_for()
    page.get_by_role("button", name="元に戻す").click()
    page.get_by_text("まだ何も直していません").wait_for()

    page.locator(".hand-lane").get_by_role("link", name=name).first.click()
    page.get_by_role("heading", name=name).wait_for()
    page.get_by_role("button", name="固定する", exact=True).click()
    page.get_by_role("button", name="固定を外す", exact=True).wait_for()
    page.get_by_role("button", name="固定 1 件を守って作り直す").click()
    page.wait_for_url("**/day/**")
    job = PlanJob.objects.get()
    PlanJob.objects.filter(pk=job.pk).update(seconds=1)
    run_job(job_id=job.pk)
    again = Plan.objects.latest("pk")
    assert PlanLock.objects.get(plan=again).lapsed == ""
    assert page.faults == []


def test_on_a_phone_lists_and_forms_do_everything(opened, planned_day: dt.date):
    page = opened(width=390, height=800)
    sign_in(page)
    plan = Plan.objects.get()
    page.goto(f"/plans/{plan.pk}/hand/")
    assert not page.locator(".hand-chart").is_visible()
    page.locator(".hand-lane a").first.click()
    page.get_by_role("heading", level=2).filter(has_text="-").first.wait_for()
    page.get_by_role("button", name="計画から外す").click()
    page.get_by_text("を計画から外した").wait_for()
    page.get_by_role("button", name="この形を案にする").click()
    page.wait_for_url("**/day/**")
    assert Plan.objects.count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.faults == []
