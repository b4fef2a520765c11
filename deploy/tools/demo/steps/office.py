"""The coordinator's day at the desk: bring it in, plan, publish, print, look into the ledger."""

from __future__ import annotations

import json
import shutil
from collections import Counter

from deploy.tools import process
from deploy.tools.demo.browser import PageFault
from deploy.tools.demo.day import SET_OFF_STOPS, Day, Step

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


def _carrying(day: Day) -> str:
    """One of each: a low gate, the vans' sizes, a place that asks for a permit, goods kept apart, a longest ride, a time on a date."""
    visitor = day.visitor("coordinator")
    for path, filled in (
        ("/partners/P001/", {"高さ制限（cm）": "230"}),
        ("/vehicles/VAN1/", {"高さ（cm）": "198", "車両総重量（kg）": "2890"}),
        ("/vehicles/VAN2/", {"高さ（cm）": "189", "車両総重量（kg）": "1490"}),
        ("/places/M01/", {"許可の区域": "みほん市", "許可の区分": "40 L"}),
    ):
        visitor.open(path)
        visitor.press("保存する", filled)
    since = {"この日から": day.date.isoformat()}
    visitor.open("/carrying/")
    visitor.press("この組み合わせを加える", {"分類": "パン", "いっしょに積まない分類": "食品以外", **since})
    visitor.open("/carrying/")
    visitor.press("この時間を加える", {"分類": "おかず・調理品", "温度帯": "常温", "時間（分）": "240", **since})
    visitor.open(f"/offers/?day={day.date.isoformat()}&q=D009")
    visitor.follow("豆腐")
    visitor.press("保存する", {"期限の時刻": "20:00"})
    return "P001, M01, VAN1, VAN2, D009"


def _rush_hours(day: Day) -> str:
    """In the morning driving takes longer."""
    visitor = day.visitor("coordinator")
    visitor.open("/travel/hours/new/")
    visitor.press("保存する", {"から": "7:30", "まで": "9:00", "補正（%）": "115"})
    return "7:30–9:00 115 %"


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
    return f"{day.seconds} 秒 / seconds"


def _replan(day: Day) -> str:
    """The rest of the day in two seconds, and what that would change."""
    visitor = day.visitor("coordinator")
    visitor.open(day.page)
    page = visitor.press("計画し直す")
    if "changes" not in page.url:
        raise PageFault(f"{page.url}: what would change is not shown")
    day.links["changes"] = page.url
    day.counted["left without"] = page.text.count("届きません")
    return f"{day.counted['left without']} 件届かない / left without"


def _publish(day: Day) -> str:
    return _put_in_force(day, "この計画で確定する")


def _replace(day: Day) -> str:
    """Unless somebody would be left without: at an hour when the day's windows are over the plan stays, as whoever reads the page would
    have it."""
    if day.counted["left without"]:
        return "いまの計画のまま / kept"
    return _put_in_force(day, "新しい案に差し替える")


def _put_in_force(day: Day, button: str) -> str:
    visitor = day.visitor("coordinator")
    visitor.open(day.page)
    visitor.press(button)
    page = visitor.open(day.page)
    if button in page.buttons:
        raise PageFault(f"{page.url}: the plan is still a draft")
    day.plan_file.write_bytes(visitor.download(visitor.link("計画データ（JSON）")))
    day.plan = json.loads(day.plan_file.read_text(encoding="utf-8"))
    routes = sorted(day.plan["routes"], key=lambda route: str(route["depart"]))
    driving = [str(route["vehicle"]) for route in routes]
    kept = [vehicle for vehicle in day.vehicles if vehicle in driving]
    day.vehicles = kept + [vehicle for vehicle in driving if vehicle not in kept]
    return f"{len(routes)} ルート / routes, {day.plan['summary']['distance_m'] / 1000:.1f} km"


def _what_if(day: Day) -> str:
    """A question about the day, answered by the worker without touching it."""
    visitor = day.visitor("coordinator")
    visitor.open(f"{day.page}what-if/")
    visitor.press("加える: 拠点の在庫が増える", {"grams": "5"})
    page = visitor.press("どうなるか計算する", {"seconds": "2"})
    address = page.url
    done = process.wait_until(lambda: "ここで止める" not in visitor.open(address).buttons, seconds=60)
    page = visitor.open(address)
    if not done or "変更による差" not in page.html:
        raise PageFault(f"{address}: no answer")
    return "5 kg"


def _call_off_shop(day: Day) -> str:
    """A shop that no vehicle has been to yet rings: nothing today. Everyone concerned is told with one button."""
    shop = _not_visited_yet(day)
    if not shop:
        return "–"
    visitor = day.visitor("coordinator")
    visitor.open(f"{day.page}call-off/shop/{shop}/")
    visitor.press("中止にして", {"理由": "冷蔵庫の故障のため。"})
    day.counted["call-offs"] += 1
    return shop


def _not_visited_yet(day: Day) -> str:
    """A shop of the last stops, where one vehicle alone is to collect."""
    shops = [
        stop["site"]
        for route in day.plan["routes"]
        for number, stop in enumerate(route["stops"])
        if stop["pick_up"] and stop["site"].startswith("D") and (route["vehicle"] != day.vehicles[0] or number > SET_OFF_STOPS)
    ]
    everywhere = Counter(stop["site"] for route in day.plan["routes"] for stop in route["stops"])
    return next((site for site in reversed(shops) if everywhere[site] == 1), "")


def _needs_me(day: Day) -> str:
    """What the page puts first."""
    page = day.visitor("coordinator").open(day.page)
    found = page.html.count('id="need-')
    return f"{found} 件 / things"


def _messages(day: Day) -> str:
    """Mails stand in the worker's log; whoever has no address is on the list of calls to make."""
    page = day.visitor("coordinator").open("/notices/")
    day.counted["mails"] = (day.site.folder / "worker.log").read_text(encoding="utf-8").count("\nMessage-ID:")
    day.counted["calls"] = sum(label.startswith("伝えた") for label in page.buttons)
    return f"{day.counted['mails']} + {day.counted['calls']}"


def _labels(day: Day) -> str:
    day.site.manage("print_labels", "--date", day.date.isoformat(), "--out", str(day.labels))
    return f"{day.labels.stat().st_size // 1024} KB"


def _sheets(day: Day) -> str:
    shutil.rmtree(day.sheets_folder, ignore_errors=True)
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
    Step(
        "車両と場所の制限、積み合わせと時間の決まりを入れる", "limits of places, sizes of vehicles, rules of carrying", _carrying
    ),
    Step("朝の道の混む時間を入れる", "enter the morning's busy hours", _rush_hours),
    Step("配分と配送を計画する", "allocate and plan", _plan),
    Step("画面のボタンで計画を作り直す", "plan again with the button", _plan_again),
    Step("計画を画面のボタンで確定する", "publish with the button", _publish),
    Step("QRラベルを印刷する", "print QR labels", _labels),
    Step("運行表を印刷する", "print route sheets", _sheets),
)
NOON = (
    Step("コーディネーター: いま見てほしいこと", "coordinator: what needs me now", _needs_me, "today"),
    Step("コーディネーター: お店の中止を知らせる", "coordinator: a shop is called off, all are told", _call_off_shop, "today"),
    Step("コーディネーター: 動き出した日を計画し直す", "coordinator: plan the rest of the day again", _replan, "today"),
    Step("コーディネーター: 新しい計画を確定する", "coordinator: publish the new plan", _replace, "today"),
    Step("コーディネーター: もし在庫がもっとあったら", "coordinator: what if there were more on the shelf", _what_if, "today"),
    Step("新しい運行表を印刷する", "print the new route sheets", _sheets, "today"),
)
CLOSE = (
    Step("知らせ: メールと、電話で伝えること", "messages: mails, and calls to make", _messages),
    Step("入出庫台帳を照合する", "check the ledger", _ledger),
)
