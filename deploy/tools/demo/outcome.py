"""What came of the day, in a table that somebody who has never seen the program can read."""

from __future__ import annotations

import unicodedata
from typing import Any

from deploy.tools.demo.day import Account, Day
from deploy.tools.demo.steps.partner import PARTNER

_KIND = {
    "order_line": "注文 / order",
    "donation": "寄付 / donation",
    "visit": "訪問 / visit",
    "pickup_day": "受取日 / pickup day",
}

_WENT_TO = {"cafeteria": "食堂 / cafeterias", "mobile": "訪問 / visits", "venue": "受取日 / pickup day"}


def table(day: Day) -> str:
    """Figures come from the plan that ``plan_day --json`` wrote; kilograms with one decimal."""
    plan, total = day.plan, day.plan["summary"]
    visits = {stop["visit"]["open_from"] for route in plan["routes"] for stop in route["stops"] if "visit" in stop}
    missing = {entry["ref"] for entry in plan["unserved"] if entry["kind"] in {"visit", "pickup_day"}}
    shops = {
        stop["site"] for route in plan["routes"] for stop in route["stops"] if stop["pick_up"] and stop["site"].startswith("D")
    }
    rows = [
        ("食堂などの注文", "ordered", _kg(total["ordered_g"])),
        (
            "  うち届く",
            "  of it delivered",
            f"{_kg(total['delivered_g'])} ({_percent(total['delivered_g'], total['ordered_g'])})",
        ),
        ("お店からの寄付", "offered by shops", _kg(total["donated_g"])),
        (
            "  うち引き取る",
            "  of it collected",
            f"{_kg(total['collected_g'])} ({_percent(total['collected_g'], total['donated_g'])}), {len(shops)} 店 / shops",
        ),
        ("キッチンカーの訪問", "kitchen-car visits", f"{len(visits)} か所 / sites, {_kg(_dropped(plan, 'visit_ref'))}"),
        ("受取日の食品", "for the pickup day", _kg(_dropped(plan, "pickup_ref"))),
        ("ルート", "routes", ", ".join(f"{r['vehicle']} {r['depart'][11:16]}–{r['return'][11:16]}" for r in plan["routes"])),
        ("走行距離", "distance", f"{total['distance_m'] / 1000:.1f} km"),
        (
            "できなかったこと",
            "not possible",
            f"{len(plan['unserved'])} 件" + (f"（訪問・受取日 {len(missing)}）" if missing else ""),
        ),
    ]
    lines = [_row(*row) for row in rows]
    for entry in plan["unserved"]:
        kind = _KIND.get(entry["kind"], entry["kind"])
        lines.append(f"      {entry['ref']} ({kind}, {_kg(entry['grams'])}): {entry.get('fix') or entry['reason']}")
    if day.grams:
        lines += ["", *(_row(*row) for row in _done(day))]
    sheets = ", ".join(path.name for path in day.sheets)
    lines += ["", _row("QRラベル", "labels", day.shown(day.labels))]
    lines.append(_row("運行表", "route sheets", f"{day.shown(day.sheets_folder)}/ ({sheets})"))
    if day.papers.exists():
        lines.append(_row("受領書・報告", "receipts, reports", f"{day.shown(day.papers)}/"))
    return "\n".join(lines)


def _row(ja: str, en: str, value: str) -> str:
    return f"  {_pad(ja, 22)}{_pad(en, 20)}{value}"


def _done(day: Day) -> list[tuple[str, str, str]]:
    """What was really done, from the ledger's report and from the pages."""
    kinds = {code: grams for (word, code), grams in day.grams.items() if word == "お渡しの内訳"}
    went = ", ".join(f"{_WENT_TO.get(code, code)} {_kg(grams)}" for code, grams in kinds.items())
    count = day.counted
    handed = f"{count['stops']} か所 / stops, {count['visits']} 訪問 / visits, {count['handed over']} 世帯 / households"
    wrong = [
        ("閉まっていた", "failed stops"),
        ("一部だけ", "part drops"),
        ("少なかった", "shops with less"),
        ("中止", "call-offs"),
    ]
    return [
        ("お店から来た食品", "came from shops", f"{_kg(day.grams[('受入', '')])}, {count['collected']} 品 / goods"),
        ("食卓へ渡した食品", "went to tables", f"{_kg(day.grams[('お渡し', '')])} ({went})"),
        ("受け渡し", "hand-overs", handed),
        ("受け取った世帯", "households", f"のべ {count['pickups']}・実 {count['households']} / total, distinct"),
        ("うまくいかなかった", "went wrong", ", ".join(f"{ja} / {en} {count[en]}" for ja, en in wrong)),
        ("知らせ", "messages", f"メール / mails {count['mails']}, 電話 / calls to make {count['calls']}"),
    ]


def addresses(day: Day) -> str:
    """Who opens what, how they come in, and what to try first."""
    rows = [
        ("コーディネーター", "coordinator", day.page, "coordinator", "「いま見てほしいこと」から1件 / what needs you now"),
        ("運転", "driver", "/driving/", "driver", "スマートフォンの幅で / as wide as a phone"),
        ("提供先", "partner", f"/partner/{PARTNER}/", "partner", "届くもの、注文、APIキー / deliveries, orders, keys"),
        ("登録", "registrar", "/households/", "registrar", "連絡先は理由を選ぶと開く / contacts open with a reason"),
        ("管理者", "administrator", "/people/", "administrator", "人を招待する / invite people"),
        ("倉庫", "warehouse", "/warehouse/", "warehouse", "受け入れる → ラベル → しまう / receive, label, put away"),
        ("受付", "reception", "/gate/", "reception", "受取券の6文字 / a ticket's six characters"),
        ("世帯", "recipient", "/my/", "recipient 3", "予約、受取券、質問 / book, ticket, questions"),
    ]
    lines = ["  だれとして開くか（役割ごとに別のブラウザーか、プライベートウィンドウで） / open as (a private window for each)"]
    for ja, en, path, who, first in rows:
        account = day.accounts.get(who)
        if account is None:
            continue
        lines.append(f"    {_pad(f'{ja} / {en}', 30)}{day.site.address}{path}")
        lines += [f"      {text}" for text in (*_way_in(account), first)]
    if day.key:
        lines.append(f"    {_pad('提供先のシステム / program', 30)}{day.site.address}/api/v1/docs/")
        lines.append(f"      APIキー / key {day.key}")
    lines.append("  ここの人・店・団体・住所はすべて架空です。 / Every person, shop and place here is made up.")
    return "\n".join(lines)


def _way_in(account: Account) -> list[str]:
    if account.username:
        return [f"利用者名 / user {account.username}    パスワード / password {account.password}"]
    if account.code:
        return [f"参加 / join {account.link}    お名前は何でも / any name    今日だけ / today only"]
    return [f"自分のリンク / personal link {account.link}"]


def _dropped(plan: dict[str, Any], ref: str) -> int:
    return sum(unit["grams"] for route in plan["routes"] for stop in route["stops"] for unit in stop["drop_off"] if ref in unit)


def _kg(grams: int) -> str:
    return f"{grams / 1000:,.1f} kg"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _pad(text: str, width: int) -> str:
    """Full-width characters take two columns on a terminal."""
    used = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
    return text + " " * max(1, width - used)
