"""The coordinator's morning: sign in, bring the day in, plan it, publish it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from foodbank.core.dates import today
from logistics.dispatch.models import JobState, Plan, PlanJob, PlanStatus
from tests.e2e.conftest import sign_in
from tests.services import worker
from tests.shared_data import EXAMPLE

pytestmark = pytest.mark.browser
FILES = sorted((EXAMPLE / "day").glob("*.csv"))


@pytest.fixture
def planner(transactional_db: None) -> Iterator[None]:
    """A real worker on this test's database and queue."""
    with worker.running(Path(settings.VAR_DIR)):
        yield


def bring_in(page: Any) -> None:
    page.goto("/import/")
    page.get_by_label("日", exact=False).first.fill(today().isoformat())
    page.locator("input[type=file]").set_input_files(FILES)
    page.get_by_role("button", name="内容を確かめる").click()
    page.get_by_role("button", name="取り込む", exact=True).click()
    page.get_by_text("取り込みました").first.wait_for()


@pytest.mark.parametrize("width", [390, 1280])
def test_from_files_to_a_published_plan(coordinator: Any, planner: None, opened: Callable[..., Any], width: int) -> None:
    page = opened(width=width)
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page)
    bring_in(page)
    page.goto("/day/")
    page.get_by_label("計算時間").fill("2")
    page.get_by_role("button", name="計画を作る").first.click()
    page.locator("progress").wait_for()
    page.get_by_text("計画ができました").first.wait_for(timeout=120_000)
    assert PlanJob.objects.get().state == JobState.DONE
    assert page.locator(".route-map polyline").count() == Plan.objects.get().routes.count()
    page.get_by_role("button", name="この計画で確定する").click()
    page.get_by_text("計画を確定しました").wait_for()
    assert Plan.objects.get().status == PlanStatus.PUBLISHED
    assert page.faults == []


def test_a_long_search_is_stopped_and_its_best_plan_kept(coordinator: Any, planner: None, opened: Callable[..., Any]) -> None:
    page = opened()
    sign_in(page)
    bring_in(page)
    page.goto("/day/")
    page.get_by_label("計算時間").fill("300")
    page.get_by_role("button", name="計画を作る").first.click()
    page.get_by_text("ルートを組み立てています").wait_for(timeout=120_000)
    page.get_by_role("button", name="ここで止めて使う").click()
    page.get_by_text("計画ができました").first.wait_for(timeout=120_000)
    job = PlanJob.objects.get()
    assert job.stop_requested
    assert job.plan is not None
    assert (job.finished_at - job.started_at).total_seconds() < 120


def test_by_keyboard_alone(planned_day: Any, opened: Callable[..., Any]) -> None:
    page = opened()
    page.goto("/login/")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "id_username":
            break
    page.keyboard.type("mihon")
    page.keyboard.press("Tab")
    page.keyboard.type("a-long-made-up-word")
    page.keyboard.press("Enter")
    page.wait_for_url("**/day/**")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.on("dialog", lambda dialog: dialog.accept())
    publish = page.get_by_role("button", name="この計画で確定する")
    for _ in range(60):
        page.keyboard.press("Tab")
        if publish.evaluate("element => element === document.activeElement"):
            break
    ring = publish.evaluate("element => getComputedStyle(element).outlineStyle")
    assert ring == "solid"  # one sees where one is
    page.keyboard.press("Enter")
    page.get_by_text("計画を確定しました").wait_for()
    assert Plan.objects.get().status == PlanStatus.PUBLISHED


def test_without_scripts_everything_is_there(planned_day: Any, opened: Callable[..., Any]) -> None:
    page = opened(width=390, java_script_enabled=False)
    sign_in(page)
    assert page.locator(".route-map polyline").count() == Plan.objects.get().routes.count()
    page.get_by_role("button", name="この計画で確定する").click()
    page.get_by_text("計画を確定しました").wait_for()
