"""A partner's day: its own system orders by REST, somebody orders by page, and both see what comes and say what was missing."""

from __future__ import annotations

import uuid
from typing import Any

from deploy.tools.demo.browser import PageFault
from deploy.tools.demo.day import Day, Step
from deploy.tools.demo.program import Program

PARTNER, OTHER = "P001", "P005"
WINDOW = {"from": "13:00", "until": "16:00"}


def _rules(day: Day) -> str:
    """Orders until midnight of the day itself: here everything happens within one day."""
    visitor = day.visitor("coordinator")
    visitor.open("/orders/rules/")
    visitor.press("保存する", {"締切の時刻": "23:59", "お届けの何日前まで": "0"})
    return "23:59"


def _key(day: Day) -> str:
    """Shown once; here for the demo's own partner only."""
    said = day.site.manage("issue_key", PARTNER, "--name", "見本の注文システム")
    day.key = said.strip().splitlines()[-1].strip()
    return f"{day.key[:8]}…"


def _stock(day: Day) -> str:
    found = _program(day).get(f"stock/?date={day.date.isoformat()}").body["results"]
    return f"{len(found)} 品目 / items, {sum(one['free_kg'] for one in found):.1f} kg"


def _order_by_rest(day: Day) -> str:
    """The answer is lost on the way and asked for again: still one order. Then one line more, against the version that was read."""
    program, once = _program(day), str(uuid.uuid4())
    lines = [{"category": "drink", "quantity_kg": 4.1}, {"category": "produce", "quantity_kg": 3}]
    body = {"delivery_date": day.date.isoformat(), "window": WINDOW, "children": 18, "lines": lines, "external_ref": "見本-77"}
    program.post("orders/", body, once=once)
    again = program.post("orders/", body, once=once)
    if again.headers.get("idempotency-replayed") != "true":
        raise PageFault("orders/: the repeated request was not recognised")
    address = f"orders/{again.body['id']}/"
    more = [*lines, {"category": "snack", "quantity_kg": 1}]
    changed = program.patch(address, {"lines": more}, if_match=program.get(address).headers["etag"])
    day.counted["orders by REST"] += 1
    return f"{changed.body['ref']}, {len(changed.body['lines'])} 行 / lines"


def _order_by_page(day: Day) -> str:
    visitor = day.visitor("partner")
    visitor.open(f"/partner/{PARTNER}/orders/new/")
    filled = {
        "お届け日": day.date.isoformat(),
        "時間帯（から）": WINDOW["from"],
        "時間帯（まで）": WINDOW["until"],
        "子どもの人数": "12",
        "飲み物": "2",
    }
    visitor.press("この内容で注文する", filled)
    return visitor.here().url.rpartition("/partner/")[2]


def _live(day: Day) -> str:
    """What comes and when, while the vehicles are on the road."""
    found = _deliveries(day)
    page = day.visitor("partner").open(f"/partner/{PARTNER}/")
    return f"{len(found)} 件 / deliveries, {found[0]['eta'][11:16]}" if found else page.url


def _confirm(day: Day) -> str:
    """One thing is missing, and the coordinator sees it at once."""
    program, confirmed = _program(day), 0
    for delivery in _deliveries(day):
        if delivery["state"] != "delivered":
            continue
        lines = [] if confirmed else [{"unit": delivery["lines"][0]["unit"], "missing": 1, "damaged": 0}]
        program.post(f"deliveries/{delivery['id']}/receipt/", {"lines": lines, "note": ""})
        confirmed += 1
    day.counted["receipts"] = confirmed
    if not confirmed:
        raise PageFault("deliveries/: nothing was delivered")
    return f"{confirmed} 件 / deliveries"


def _deliveries(day: Day) -> list[dict[str, Any]]:
    return list(_program(day).get(f"deliveries/?date={day.date.isoformat()}").body["results"])


def _program(day: Day) -> Program:
    return Program(day.site.address, day.key)


ORDER = (
    Step("提供先の注文を当日まで受けることにする", "partners may order until the day itself", _rules),
    Step("提供先のAPIキーを発行する", "a key for the partner's own system", _key),
    Step("提供先: 在庫をRESTで見る", "partner: stock by REST", _stock, "coming"),
    Step("提供先: RESTで注文する（返事が消えても1件）", "partner: order by REST, once", _order_by_rest, "coming"),
    Step("提供先: 画面で注文する", "partner: order by page", _order_by_page, "coming"),
)
COMING = (Step("提供先: いま何時に届くかを見る", "partner: the live time", _live, "coming"),)
CONFIRM = (Step("提供先: RESTで受け取りを確かめる（1点不足）", "partner: confirms, one missing", _confirm, "today"),)
