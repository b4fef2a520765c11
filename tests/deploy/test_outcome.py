"""The table at the end of the demo."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from deploy.tools.demo.day import Account, Day, Kind, Step
from deploy.tools.demo.outcome import addresses, table
from deploy.tools.demo.site import Site, japan_today


def _unit(grams: int, **more: str) -> dict[str, Any]:
    return {"unit": "u1", "gtin": "9520001000018", "quantity": 1, "grams": grams, "zone": "ambient", **more}


def _day() -> Day:
    day = Day(Site(port=8000), dt.date(2026, 12, 5))
    stops = [
        {"site": "D001", "pick_up": [_unit(2_000)], "drop_off": []},
        {"site": "P001", "pick_up": [], "drop_off": [_unit(7_500, order_ref="O001", category="bread")]},
        {
            "site": "M01",
            "pick_up": [],
            "drop_off": [_unit(40_000, visit_ref="M01")],
            "visit": {"open_from": "2026-12-05T11:00:00+09:00"},
        },
        {"site": "V01", "pick_up": [], "drop_off": [_unit(96_000, pickup_ref="V01")]},
    ]
    day.plan = {
        "routes": [
            {"vehicle": "VAN1", "depart": "2026-12-05T08:30:00+09:00", "return": "2026-12-05T15:10:00+09:00", "stops": stops}
        ],
        "unserved": [{"kind": "order_line", "ref": "O003/snack", "grams": 2_000, "reason": "allergens", "fix": "ほかの品目"}],
        "summary": {"ordered_g": 10_000, "delivered_g": 7_500, "donated_g": 4_000, "collected_g": 2_000, "distance_m": 41_250},
    }
    return day


def test_it_says_what_was_ordered_collected_and_left_out() -> None:
    text = table(_day())
    assert "7.5 kg (75.0 %)" in text  # 7,500 of 10,000 g
    assert "2.0 kg (50.0 %), 1 店" in text  # 2,000 of 4,000 g, one shop
    assert "1 か所 / sites, 40.0 kg" in text
    assert "96.0 kg" in text
    assert "41.2 km" in text
    assert "VAN1 08:30–15:10" in text
    assert "O003/snack (注文 / order, 2.0 kg): ほかの品目" in text


def test_columns_stand_below_each_other_in_full_width_letters() -> None:
    lines = [line for line in table(_day()).splitlines() if "kg" in line and "O003" not in line]
    columns = {_width(line[: line.index(word)]) for line in lines for word in ("ordered", "for the pickup day") if word in line}
    assert columns == {24}  # two of margin and 22 of Japanese


def _width(text: str) -> int:
    return sum(1 if letter.isascii() else 2 for letter in text)


def test_what_was_done_by_hand_stands_below_the_plan() -> None:
    day = _day()
    day.grams = {
        ("受入", ""): 9_000,
        ("お渡し", ""): 8_000,
        ("お渡しの内訳", "cafeteria"): 5_500,
        ("お渡しの内訳", "venue"): 2_500,
    }
    day.counted.update({"handed over": 4, "pickups": 4, "households": 3, "mails": 2})
    text = table(day)
    assert "8.0 kg (食堂 / cafeterias 5.5 kg, 受取日 / pickup day 2.5 kg)" in text
    assert "4 世帯 / households" in text
    assert "のべ 4・実 3" in text


def test_whoever_takes_part_is_told_how_to_come_in() -> None:
    day = _day()
    day.accounts = {
        "coordinator": Account("mihon-sachiko", "mame-umi"),
        "warehouse": Account(link="http://localhost:8000/join/ABC234", code="ABC234"),
        "recipient 3": Account(link="http://localhost:8000/my/enter/x"),
    }
    text = addresses(day)
    assert "mihon-sachiko    パスワード / password mame-umi" in text
    assert "参加 / join http://localhost:8000/join/ABC234" in text
    assert "/partner/" not in text  # nobody came in as a partner


@pytest.mark.parametrize(("days", "done"), [(0, [True, True, True]), (1, [True, True, False]), (-1, [True, False, False])])
def test_hands_work_on_a_day_that_is_now(days: int, done: list[bool]) -> None:
    day = Day(Site(port=8000), japan_today() + dt.timedelta(days=days))
    kinds: tuple[Kind, ...] = ("any day", "coming", "today")
    assert [day.can(Step("", "", lambda _: "", kind)) for kind in kinds] == done
