"""A browser that is signed in, a day with a plan, and axe-core."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from foodbank.accounts.models import User
from foodbank.accounts.services.system import system_user
from foodbank.core.dates import today
from logistics.dispatch.services.planning import make_plan
from tests.factories import UserFactory
from tests.shared_data import EXAMPLE

AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
PASSWORD = "a-long-made-up-word"


@pytest.fixture
def coordinator(transactional_db: None) -> User:
    user = UserFactory.create(username="mihon", last_name="見本", first_name="職員")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(page: Any) -> None:
    page.goto("/login/")
    page.get_by_label("利用者名").fill("mihon")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログインする").click()
    page.wait_for_url("**/day/**")


@pytest.fixture
def planned_day(coordinator: User) -> dt.date:
    """Today, with the example's goods, orders and a draft plan."""
    day = today()
    call_command("import_day", str(EXAMPLE / "day"), date=day.isoformat())
    make_plan(day=day, actor=system_user(), work=5)
    return day


@pytest.fixture
def opened(browser: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """``opened(width=390, dark=True)``: a page of that width, with every fault that its console reports kept in ``page.faults``."""
    contexts: list[Any] = []

    def start(*, width: int = 1280, height: int = 900, dark: bool = False, **more: Any) -> Any:
        context = browser.new_context(
            base_url=live_server.url,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            **more,
        )
        contexts.append(context)
        return watched(context.new_page())

    yield start
    for context in contexts:
        context.close()


def watched(page: Any) -> Any:
    """The page, with every fault that its console reports kept in ``page.faults``."""
    page.faults = []
    page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    return page


def serious(page: Any) -> list[str]:
    """What axe finds serious or critical on the page as it stands, one line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations))")
    return [
        f"{rule['impact']} {rule['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
        for rule in json.loads(found)
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"][:3]
    ]
