"""The coordinator chooses where the kitchen cars stand next month."""

from __future__ import annotations

import datetime as dt

from deploy.tools import process
from deploy.tools.demo.browser import PageFault
from deploy.tools.demo.day import Day, Step

_WORKING = "ひと月の計画を作っています"
_PATIENCE_S = 90


def _page(day: Day) -> str:
    following = (day.date.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return f"/month/{following.isoformat()}/"


def _facts(day: Day) -> str:
    """The known sites become candidates; the car goes out on Tuesdays and Thursdays as a rule."""
    visitor = day.visitor("coordinator")
    visitor.open("/month-sites/")
    visitor.press("候補に加える")
    visitor.open("/month-cars/")
    visitor.follow("いつもの勤務を直す")
    hours = {f"w{weekday}_0_{edge}": clock for weekday in (1, 3) for edge, clock in (("from", "08:30"), ("until", "18:30"))}
    visitor.press("保存する", hours)
    return f"{visitor.open('/month-sites/').html.count('/month-sites/M')} か所 / sites"


def _plan(day: Day) -> str:
    visitor = day.visitor("coordinator")
    page = visitor.open(_page(day))
    visitor.press("計画を作る")
    if not process.wait_until(lambda: _WORKING not in visitor.open(_page(day)).html, seconds=_PATIENCE_S):
        raise PageFault(f"{page.url}: the month was not planned in time")
    page = visitor.open(_page(day))
    visits = page.html.count('id="visit-')
    if not visits:
        raise PageFault(f"{page.url}: no visit was chosen: {page.text[:300]}")
    return f"{visits} 回 / visits"


def _accept(day: Day) -> str:
    visitor = day.visitor("coordinator")
    visitor.open(_page(day))
    page = visitor.press("この予定で決定する")
    if "決定済み" not in page.text:
        raise PageFault(f"{page.url}: the month is not accepted")
    return "–"


MONTH = (
    Step("コーディネーター: 移動パントリーの候補地", "coordinator: candidate sites for the kitchen car", _facts, "coming"),
    Step("コーディネーター: 来月の訪問を選ぶ", "coordinator: choose next month's visits", _plan, "coming"),
    Step("コーディネーター: 来月の予定を決定する", "coordinator: accept next month's calendar", _accept, "coming"),
)
