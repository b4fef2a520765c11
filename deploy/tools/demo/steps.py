"""The demo day as data: what is done, in which order, and what each step says when it is done."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.tools import process
from deploy.tools.demo.browser import PageFault, Visitor
from deploy.tools.demo.site import FOLDER, Site

EXAMPLE = process.ROOT / "logistics" / "dayfiles" / "example"


@dataclass
class Day:
    """What the steps leave for the ones after them, and for the table at the end."""

    site: Site
    date: dt.date
    seconds: int = 10
    visitor: Visitor = field(init=False)
    plan: dict[str, Any] = field(default_factory=dict)
    sheets: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.visitor = Visitor(self.site.address)

    @property
    def page(self) -> str:
        return f"/day/{self.date.isoformat()}/"

    @property
    def labels(self) -> Path:
        return FOLDER / "labels.pdf"

    @property
    def sheets_folder(self) -> Path:
        return FOLDER / "route-sheets"

    @property
    def plan_file(self) -> Path:
        return FOLDER / "plan.json"


@dataclass(frozen=True)
class Step:
    """``run`` does it and returns a short remark for the line on the screen. Any fault ends the demo."""

    ja: str
    en: str
    run: Callable[[Day], str]


def _last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")


def _migrate(day: Day) -> str:
    day.site.manage("migrate", "--verbosity", "0")
    return str((FOLDER / "foodbank.sqlite3").relative_to(process.ROOT))


def _account(day: Day) -> str:
    day.site.manage("createsuperuser", "--noinput", "--username", day.site.username, "--email", "demo@example.invalid")
    return day.site.username


def _import_day(day: Day) -> str:
    return _last_line(day.site.manage("import_day", str(EXAMPLE / "day"), "--date", day.date.isoformat()))


def _import_late(day: Day) -> str:
    late = str(EXAMPLE / "late_donations.csv")
    return _last_line(day.site.manage("import_donations", late, "--date", day.date.isoformat()))


def _sign_in(day: Day) -> str:
    day.visitor.open(day.page)
    page = day.visitor.press("ログインする", {"利用者名": day.site.username, "パスワード": day.site.password})
    if not page.url.endswith(day.page):
        raise PageFault(f"{page.url}: signing in did not lead to {day.page}")
    return day.site.username


def _plan(day: Day) -> str:
    arguments = ["--date", day.date.isoformat(), "--seconds", str(day.seconds / 2), "--json", str(day.plan_file)]
    day.site.manage("plan_day", *arguments)
    plan = json.loads(day.plan_file.read_text(encoding="utf-8"))
    return f"{len(plan['routes'])} ルート / routes, {plan['summary']['distance_m'] / 1000:.1f} km"


def _plan_again(day: Day) -> str:
    """A job of the worker, started by the button and watched on the page as it goes on."""
    day.visitor.open(day.page)
    page = day.visitor.press("計画を作る", {"seconds": str(day.seconds)})
    if "ここで止めて使う" not in page.buttons:
        raise PageFault(f"{page.url}: the button did not start a job")
    done = process.wait_until(lambda: "ここで止めて使う" not in day.visitor.open(day.page).buttons, seconds=day.seconds + 60)
    page = day.visitor.open(day.page)
    if not done or "計画を作れませんでした" in page.html:
        raise PageFault(f"{page.url}: the job made no plan")
    day.plan_file.write_bytes(day.visitor.download(day.visitor.link("計画データ（JSON）")))
    day.plan = json.loads(day.plan_file.read_text(encoding="utf-8"))
    return f"{len(day.plan['routes'])} ルート / routes, {day.plan['summary']['distance_m'] / 1000:.1f} km"


def _publish(day: Day) -> str:
    day.visitor.open(day.page)
    day.visitor.press("この計画で確定する")
    page = day.visitor.open(day.page)
    if "この計画で確定する" in page.buttons:
        raise PageFault(f"{page.url}: the plan is still a draft")
    return day.page


def _labels(day: Day) -> str:
    day.site.manage("print_labels", "--date", day.date.isoformat(), "--out", str(day.labels))
    return f"{day.labels.stat().st_size // 1024} KB"


def _sheets(day: Day) -> str:
    day.site.manage("route_sheets", "--date", day.date.isoformat(), "--out", str(day.sheets_folder))
    day.sheets = sorted(day.sheets_folder.glob("*.pdf"))
    if len(day.sheets) != len(day.plan["routes"]):
        raise PageFault(f"{len(day.sheets)} route sheets for {len(day.plan['routes'])} routes")
    return f"{len(day.sheets)} 枚 / PDFs"


def _ledger(day: Day) -> str:
    return _last_line(day.site.manage("check_ledger"))


PREPARE = (
    Step("データベースを作る", "make the database", _migrate),
    Step("担当者（架空）を登録する", "an invented coordinator", _account),
)
WORK = (
    Step("一日分のデータを読み込む", "read in the day", _import_day),
    Step("あとから届いた寄付を足す", "add late donations", _import_late),
    Step("画面にログインする", "sign in to the pages", _sign_in),
    Step("配分と配送を計画する", "allocate and plan", _plan),
    Step("画面のボタンで計画を作り直す", "plan again with the button", _plan_again),
    Step("計画を画面のボタンで確定する", "publish with the button", _publish),
    Step("QRラベルを印刷する", "print QR labels", _labels),
    Step("運行表を印刷する", "print route sheets", _sheets),
    Step("入出庫台帳を照合する", "check the ledger", _ledger),
)
