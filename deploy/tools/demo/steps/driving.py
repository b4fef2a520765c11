"""The drivers' day on the phone: who drives what, stop after stop with what comes up there, and back to the depot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from deploy.tools.demo.browser import Page, PageFault, Visitor
from deploy.tools.demo.day import SET_OFF_STOPS, Day, Step

_MOST_TAPS = 60
DRIVERS = ("driver", "second driver", "third driver")


def _take(day: Day, number: int) -> str:
    """One tap: this vehicle is mine today."""
    visitor, vehicle = day.visitor(DRIVERS[number]), day.vehicles[number]
    visitor.open("/driving/")
    visitor.press(f"{vehicle} に乗る")
    return vehicle


def _road(day: Day, number: int) -> Page:
    """The page on the dashboard, with the next stop."""
    visitor = day.visitor(DRIVERS[number])
    visitor.open("/driving/")
    return visitor.follow(day.vehicles[number])


def _take_first(day: Day) -> str:
    return _take(day, 0)


def _take_others(day: Day) -> str:
    return ", ".join(_take(day, number) for number in range(1, len(day.vehicles)))


def _set_off(day: Day) -> str:
    for _ in range(SET_OFF_STOPS):
        _stop(day, day.visitor(DRIVERS[0]), _road(day, 0))
    return f"{SET_OFF_STOPS} か所 / stops"


def _drive_on(day: Day) -> str:
    said = []
    for number, vehicle in enumerate(day.vehicles):
        visitor, stops = day.visitor(DRIVERS[number]), 0
        while "帰着した" not in _road(day, number).buttons:
            _stop(day, visitor, visitor.here())
            stops += 1
        said.append(f"{vehicle} {stops} か所 / stops")
    return ", ".join(said)


def _back(day: Day) -> str:
    """What is left aboard goes back on the shelf."""
    for number in range(len(day.vehicles)):
        _road(day, number)
        day.visitor(DRIVERS[number]).press("帰着した")
    return ", ".join(day.vehicles)


def _stop(day: Day, visitor: Visitor, page: Page) -> None:
    """Everything that is to be done at the stop which the page shows, tap by tap."""
    if "できなかったことを記録する" in page.buttons and _is_another_partner(page) and not day.counted["failed stops"]:
        visitor.press("できなかったことを記録する", {"理由": "閉まっていた", "備考": "呼び鈴に返事がありません"})
        day.counted["failed stops"] += 1
        return
    if "着いた" in page.buttons:
        page = visitor.press("着いた")
    for _ in range(_MOST_TAPS):
        act = next((act for button, act in _TAPS if any(text.startswith(button) for text in page.buttons)), None)
        if act is None:
            raise PageFault(f"{page.url}: nothing to tap; there are {page.buttons}")
        page = act(day, visitor)
        if act in _LAST or {"着いた", "帰着した"} & set(page.buttons):
            return
    raise PageFault(f"{page.url}: the stop does not end")


def _is_another_partner(page: Page) -> bool:
    """Not the one whose own system takes part: it is to have something to confirm."""
    name = page.html.partition('id="stop-name">')[2].partition("<")[0]
    return 'class="order-note"' in page.html and not name.startswith("みどり食堂")


def _collect(day: Day, visitor: Visitor) -> Page:
    """What the shop has announced, but once there is less of it."""
    form, _ = visitor.here().with_button("この数を受け取った")[0]
    announced = int(form.value("受け取った点数"))
    short = announced > 5 and not day.counted["shops with less"]
    day.counted["shops with less"] += short
    day.counted["collected"] += 1
    return visitor.press("この数を受け取った", {"受け取った点数": str(announced - 4 if short else announced)})


def _hand_over(day: Day, visitor: Visitor) -> Page:
    """Everything with one tap; once only a part of something, of which the rest stays aboard."""
    page = visitor.here()
    day.counted["stops"] += 'class="order-note"' in page.html
    parts = [(form, button) for form, button in page.with_button("この数を渡した") if int(form.value("quantity")) > 1]
    if parts and 'class="order-note"' in page.html and not day.counted["part drops"]:
        day.counted["part drops"] += 1
        form, button = parts[0]
        visitor.press(button.label, {"quantity": str(int(form.value("quantity")) - 1)}, near=form.value("shipment"))
        for form, button in visitor.here().with_button("この数を渡した")[1:]:
            visitor.press(button.label, near=form.value("shipment"))
        return visitor.here()
    return visitor.press("全部渡した")


def _visit(day: Day, visitor: Visitor) -> Page:
    """The kitchen car hands out nine tenths of each thing; the rest comes back."""
    form, _ = visitor.here().with_button("移動パントリーを終える")[0]
    day.counted["visits"] += 1
    left = {one.name: one.label for one in form.fields if one.name.startswith("units_")}
    page = visitor.here()
    counts = {name: str(_aboard(page, name) * 9 // 10) for name in left}
    return visitor.press("移動パントリーを終える", {**counts, "来た世帯の数": "11"})


def _aboard(page: Page, name: str) -> int:
    """As the words below the field say."""
    return int(page.html.partition(f'id="id_{name}_helptext"')[2].partition("車に ")[2].partition(" 点")[0])


def _tap(label: str, day: Day, visitor: Visitor) -> Page:
    return visitor.press(label)


_finish, _leave = partial(_tap, "終わった"), partial(_tap, "出発する")
_TAPS: tuple[tuple[str, Callable[[Day, Visitor], Page]], ...] = (
    ("この数を受け取った", _collect),
    ("移動パントリーを終える", _visit),
    ("全部積んだ", partial(_tap, "全部積んだ")),
    ("全部渡した", _hand_over),
    ("全部下ろした", partial(_tap, "全部下ろした")),
    ("終わった", _finish),
    ("出発する", _leave),
)
"""The one thing to do next, by what is written on its button: the first of these that the page offers."""
_LAST = (_visit, _finish, _leave)

SET_OFF = (
    Step("運転: 車を選ぶ", "driver: takes a vehicle", _take_first, "today"),
    Step("運転: 出発し、はじめの立寄先を回る", "driver: the first stops", _set_off, "today"),
)
ON_THE_ROAD = (
    Step("運転: ほかの車にも乗る", "driver: the other vehicles", _take_others, "today"),
    Step("運転: 集めて渡す（一部だけ、留守も）", "driver: collect and hand over", _drive_on, "today"),
)
BACK = (Step("運転: 帰着し、残りを棚に戻す", "driver: back, what is left goes on the shelf", _back, "today"),)
