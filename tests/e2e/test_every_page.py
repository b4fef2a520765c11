"""Every page that somebody can come to, on a day that is under way: nothing serious for axe, nothing that runs out of a small screen or
at twice the size of the letters, targets large enough, no fault on the console. Then the demo goes on to its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.tools.demo import outcome
from deploy.tools.demo.browser import Page
from deploy.tools.demo.day import Day
from tests.e2e.conftest import watched
from tests.e2e.demo import evening, gate, noon  # noqa: F401 - fixtures
from tests.e2e.pictures import take
from tests.e2e.walk import FILES, Walk, come_in
from tests.foodbank.accounts.access import collect
from tests.shared_data import EXAMPLE

pytestmark = pytest.mark.browser
STARTS = {
    "coordinator": ("/day/", "/nowhere/"),
    "registrar": ("/households/",),
    "partner": ("/partner/",),
    "driver": ("/driving/",),
    "warehouse": ("/warehouse/", "/q/L0000000"),
    "reception": ("/gate/",),
    "recipient 1": ("/my/",),
    "recipient 2": ("/my/",),
    "recipient 4": ("/my/",),
}
ELSEWHERE = {
    "healthz": "for machines",
    "readyz": "for machines",
    "home": "sends on",
    "dispatch:today": "sends on",
    "dispatch:job": "a part of the day page",
    "dispatch:needs": "a part of the day page",
    "month:now": "sends on",
    "month:progress": "a part of the month's page",
    "pantry:own_link": "shown once, in test_booking",
    "pantry:leave_quickly": "leads out",
    "pantry:feedback": "after the pickup, in test_booking",
    "pantry:check_in_line_remove": "sends on",
    "portal:coming": "a part of the partner's page",
}
"""Addresses of the table at which a browser cannot stop on the way, and why."""
VISITED: set[str] = set()


@pytest.fixture(params=[(390, False), (1280, True)], ids=["phone light", "desk dark"])
def walks(request: pytest.FixtureRequest, browser: Any, noon: Day) -> Iterator[Any]:  # noqa: F811
    """``walks(who)``: a walk as that person, in a browser of their own."""
    width, dark = request.param
    contexts = []

    def start(who: str) -> Walk:
        context = browser.new_context(
            base_url=noon.site.address, locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": width, "height": 844},
            color_scheme="dark" if dark else "light",
        )  # fmt: skip
        contexts.append(context)
        if who:
            come_in(context, noon.visitor(who), noon.site.address)
        return Walk(watched(context.new_page()), noon.site.address, width)

    yield start
    for context in contexts:
        context.close()


def _sound(walk: Walk) -> None:
    VISITED.update(walk.names)
    assert walk.found == []
    assert [fault for fault in walk.page.faults if "404" not in fault] == []


@pytest.mark.parametrize("who", STARTS)
def test_pages_of(who: str, walks: Any, noon: Day) -> None:  # noqa: F811
    walk = walks(who)
    starts = list(STARTS[who])
    if who == "driver":  # the QR of a stop on the printed route sheet
        page = noon.visitor("driver").open("/driving/")
        page = noon.visitor("driver").follow(noon.vehicles[0])
        starts += [address.removeprefix("/driving") for _, address in page.markup.links if address.startswith("/driving/stops/")]
    if who == "coordinator":
        starts.append(noon.links["changes"])
    walk.through(starts)
    _sound(walk)


def test_pages_that_need_no_account(walks: Any, noon: Day) -> None:  # noqa: F811
    walk = walks("")
    lots = re.findall(r">(L[0-9A-Z]{7})<", noon.visitor("warehouse").open(f"/warehouse/routes/{noon.vehicles[1]}/load/").html)
    desk = noon.visitor("coordinator")
    desk.open("/people/")
    desk.follow("見本 健")
    reset = _link(desk.press("パスワードのリンクを作る"), "password")
    desk.open("/people/invite/")
    invited = _link(desk.press("招待リンクを作る", {"だれに": "見本"}), "invited")
    own = noon.accounts["recipient 3"].link
    walk.through(["/login/", "/join/", "/join/0A1B2C", "/password/", "/password/sent/", reset, invited, "/my/closed/"])
    walk.through([noon.links["register"], own, f"/q/{lots[0]}"])
    _sound(walk)


def test_a_file_that_is_looked_through_before_it_is_taken(walks: Any, noon: Day) -> None:  # noqa: F811
    walk = walks("coordinator")
    walk.page.goto("/import/")
    walk.page.locator("input[type=file]").set_input_files(sorted((EXAMPLE / "day").glob("*.csv")))
    walk.page.get_by_role("button", name="内容を確かめる").click()
    walk.page.wait_for_load_state()
    walk.names.add("dayfiles:preview")
    walk.look()
    _sound(walk)


def test_every_address_of_the_table_was_looked_at() -> None:
    """Whoever adds a page that no link leads to, hears of it here."""
    pages = {name for name, row in collect().items() if row.method == "get" and not name.startswith("api:")}
    assert sorted(pages - VISITED - FILES - set(ELSEWHERE)) == []


def test_screenshots_at_noon(browser: Any, noon: Day, tmp_path: Path) -> None:  # noqa: F811
    driver = noon.visitor("driver")
    driver.open("/driving/")
    driver.follow(noon.vehicles[0])
    if "着いた" in driver.here().buttons:
        driver.press("着いた")
    wanted = {
        "day": ("coordinator", noon.page),
        "load": ("warehouse", f"/warehouse/routes/{noon.vehicles[1]}/load/"),
        "drive": ("driver", driver.here().url),
        "booking": ("recipient 1", "/my/days/1/"),
        "ticket": ("recipient 2", noon.links["recipient 2"]),
        "partner": ("partner", "/partner/P001/"),
    }
    take(browser, noon, tmp_path, wanted)


def test_screenshots_at_the_gate(browser: Any, gate: Day, tmp_path: Path) -> None:  # noqa: F811
    span = f"?from={gate.date.isoformat()}&until={gate.date.isoformat()}"
    here = gate.visitor("reception").here().url
    take(browser, gate, tmp_path, {"gate": ("reception", here), "reports": ("coordinator", f"/reports/kilograms/{span}")})


def test_the_demo_goes_on_to_its_end(evening: Day) -> None:  # noqa: F811
    """What came in is what went out and what is still there."""
    grams, counted = evening.grams, evening.counted
    came = grams[("期首在庫の登録", "")] + grams[("受入", "")]
    assert came == grams[("お渡し", "")] + grams[("廃棄", "")] + grams[("終わりの在庫", "")]
    assert counted["handed over"] == counted["pickups"] == 4  # three who had booked and one who had not
    assert "4 世帯 / households" in outcome.table(evening)
    assert evening.accounts["coordinator"].password in outcome.addresses(evening)


def _link(page: Page, part: str) -> str:
    """The link that was made, shown once on this page."""
    return re.findall(rf'value="(http[^"]+/{part}/[^"]+)"', page.html)[0]
