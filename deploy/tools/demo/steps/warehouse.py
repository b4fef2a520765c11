"""The warehouse volunteer's day on the phone: receive, label, put away, fetch, load, and bring back to the shelf."""

from __future__ import annotations

import re

from deploy.tools.demo.browser import Page, PageFault
from deploy.tools.demo.day import Day, Step

SHAMPOO, CURRY = "9520001000218", "9520001000126"
_CODE = re.compile(r'class="code-big">([0-9A-Z]{6,})<')


def _receive(day: Day) -> str:
    """A shop brings its goods to the door: bar code, count, two broken ones not taken, label, shelf."""
    visitor = day.visitor("warehouse")
    visitor.open("/warehouse/receive/")
    visitor.press("次へ", {"code": SHAMPOO})
    broken = {"受け取る点数": "18", "受け取らない点数": "2", "受け取らない理由": "包装や封の破れ"}
    page = visitor.press("受け入れる", broken)
    code = page.url.rstrip("/").rpartition("/")[2]
    if not _labels(day, page).startswith(b"%PDF"):
        raise PageFault(f"{page.url}: the label is not a PDF")
    visitor.open(page.url)
    visitor.follow("しまう・移す")
    visitor.press("移す", {"code": "A-03"})
    day.counted["received"] = 1
    return f"{code} → A-03"


def _labels(day: Day, page: Page) -> bytes:
    """What the button that opens the label leads to."""
    form, _ = page.with_button("ラベルを開く")[0]
    query = "&".join(f"{name}={value}" for name, value in form.filled({"枚数": "18"}))
    return day.visitor("warehouse").download(f"{form.action}?{query}")


def _walk_in(day: Day) -> str:
    """Somebody with an agreement comes by with goods that nobody had offered."""
    visitor = day.visitor("warehouse")
    visitor.open("/warehouse/receive/walk-in/?code=" + CURRY)
    page = visitor.press("受け入れる", {"寄付者": "あおばスーパー東店", "受け取る点数": "6", "期限": "2027-03", "置く所": "A-02"})
    return page.url.rstrip("/").rpartition("/")[2]


def _fetch(day: Day) -> str:
    """Everything for the first vehicle is fetched from the shelves in one walk."""
    return _scan_all(day, day.vehicles[0], "pick", "取り出した")


def _refused(day: Day) -> str:
    """A wrong label is held to the camera: refused with a sentence, and the coordinator sees it."""
    visitor = day.visitor("warehouse")
    visitor.open(f"/warehouse/routes/{day.vehicles[0]}/load/")
    page = visitor.press("積んだ", {"code": CURRY}, refused=True)
    return " ".join(page.markup.alerts)[:60]


def _load_first(day: Day) -> str:
    return _scan_all(day, day.vehicles[0], "load", "積んだ")


def _begin_others(day: Day) -> str:
    """Once a load is aboard, a route stays as it is whatever is planned anew, and however late it is."""
    return ", ".join(f"{vehicle} {_scan_all(day, vehicle, 'load', '積んだ', most=3)}" for vehicle in day.vehicles[1:]) or "–"


def _load_others(day: Day) -> str:
    return ", ".join(f"{vehicle} {_scan_all(day, vehicle, 'load', '積んだ')}" for vehicle in day.vehicles[1:]) or "–"


def _scan_all(day: Day, vehicle: str, work: str, button: str, *, most: int = 1000) -> str:
    """Read the label at the top of the list until the list is empty, or ``most`` were read."""
    visitor = day.visitor("warehouse")
    page = visitor.open(f"/warehouse/routes/{vehicle}/{work}/")
    done = 0
    while done < most and (codes := _waiting(page)):
        page = visitor.press(button, {"code": codes[0]})
        done += 1
        if len(_waiting(page)) >= len(codes):
            raise PageFault(f"{page.url}: {codes[0]} is still on the list")
    return f"{done} 件 / scans"


def _waiting(page: Page) -> list[str]:
    """The codes of the list at the top; those below it are done."""
    return _CODE.findall(page.html.partition('<ol class="load-list">')[2].partition("</ol>")[0])


RECEIVE = (
    Step("倉庫: お店が持ってきた品を受け入れ、ラベルを貼ってしまう", "warehouse: receive, label, put away", _receive, "today"),
    Step("倉庫: 提供情報のない寄付を受け入れる", "warehouse: a donation nobody had announced", _walk_in, "today"),
)
LOAD_FIRST = (
    Step("倉庫: 1台目の荷を棚から取り出す", "warehouse: fetch the first vehicle's goods", _fetch, "today"),
    Step("倉庫: 違う品は断られる", "warehouse: a wrong label is refused", _refused, "today"),
    Step("倉庫: ラベルを読んで1台目に積む", "warehouse: load the first vehicle by scanning", _load_first, "today"),
    Step("倉庫: ほかの車にも積みはじめる", "warehouse: begin with the others", _begin_others, "today"),
)
LOAD_OTHERS = (Step("倉庫: 残りを積む", "warehouse: load what is left", _load_others, "today"),)
