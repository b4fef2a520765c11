"""The coordinator's day at the desk: bring it in, plan, publish, print, look into the ledger."""

from __future__ import annotations

import json

from deploy.tools import process
from deploy.tools.demo.browser import PageFault
from deploy.tools.demo.day import Day, Step

EXAMPLE = process.ROOT / "logistics" / "dayfiles" / "example"


def _last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")


def _migrate(day: Day) -> str:
    day.site.manage("migrate", "--verbosity", "0")
    return day.shown(day.site.folder / "foodbank.sqlite3")


def _import_day(day: Day) -> str:
    return _last_line(day.site.manage("import_day", str(EXAMPLE / "day"), "--date", day.date.isoformat()))


def _import_late(day: Day) -> str:
    late = str(EXAMPLE / "late_donations.csv")
    return _last_line(day.site.manage("import_donations", late, "--date", day.date.isoformat()))


def _plan(day: Day) -> str:
    arguments = ["--date", day.date.isoformat(), "--seconds", str(day.seconds / 2), "--json", str(day.plan_file)]
    day.site.manage("plan_day", *arguments)
    plan = json.loads(day.plan_file.read_text(encoding="utf-8"))
    return f"{len(plan['routes'])} ルート / routes, {plan['summary']['distance_m'] / 1000:.1f} km"


def _plan_again(day: Day) -> str:
    """A job of the worker, started by the button and watched on the page as it goes on."""
    visitor = day.visitor("coordinator")
    visitor.open(day.page)
    page = visitor.press("計画を作る", {"seconds": str(day.seconds)})
    if "ここで止めて使う" not in page.buttons:
        raise PageFault(f"{page.url}: the button did not start a job")
    done = process.wait_until(lambda: "ここで止めて使う" not in visitor.open(day.page).buttons, seconds=day.seconds + 60)
    page = visitor.open(day.page)
    if not done or "計画を作れませんでした" in page.html:
        raise PageFault(f"{page.url}: the job made no plan")
    day.plan_file.write_bytes(visitor.download(visitor.link("計画データ（JSON）")))
    day.plan = json.loads(day.plan_file.read_text(encoding="utf-8"))
    return f"{len(day.plan['routes'])} ルート / routes, {day.plan['summary']['distance_m'] / 1000:.1f} km"


def _publish(day: Day) -> str:
    visitor = day.visitor("coordinator")
    visitor.open(day.page)
    visitor.press("この計画で確定する")
    page = visitor.open(day.page)
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


PREPARE = (Step("データベースを作る", "make the database", _migrate),)
BRING_IN = (
    Step("一日分のデータを読み込む", "read in the day", _import_day),
    Step("あとから届いた寄付を足す", "add late donations", _import_late),
)
PLAN = (
    Step("配分と配送を計画する", "allocate and plan", _plan),
    Step("画面のボタンで計画を作り直す", "plan again with the button", _plan_again),
    Step("計画を画面のボタンで確定する", "publish with the button", _publish),
    Step("QRラベルを印刷する", "print QR labels", _labels),
    Step("運行表を印刷する", "print route sheets", _sheets),
)
CLOSE = (Step("入出庫台帳を照合する", "check the ledger", _ledger),)
