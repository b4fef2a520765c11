"""Map, time chart and stock chart: geometry checked by hand."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from foodbank.core.dates import at
from foodbank.sites.models import Site, SiteKind
from logistics.dispatch.models import Route, RouteBreak, Stop
from logistics.dispatch.selectors import route_map, time_chart
from logistics.dispatch.selectors.plan_view import RouteView, StopView, Style
from logistics.dispatch.selectors.stock_chart import stock_by_zone
from logistics.fleet.models import Vehicle

DAY = dt.date(2026, 12, 5)
DEPOT = Site(pk=1, code="W01", name="見本の倉庫", kind=SiteKind.DEPOT, latitude=34.30, longitude=134.00)


def moment(text: str) -> dt.datetime:
    return at(DAY, dt.time.fromisoformat(text))


def site(number: int, latitude: float, longitude: float) -> Site:
    return Site(pk=number, code=f"D{number}", name=f"見本{number}", kind=SiteKind.DONOR, latitude=latitude, longitude=longitude)


def route(index: int, stops: list[tuple[Site, str, str, str]], breaks: list[tuple[str, str]] = ()) -> RouteView:  # type: ignore[assignment]
    row = Route(vehicle=Vehicle(code=f"VAN{index}", name="見本", depot=DEPOT), depart=moment("08:00"), back=moment("12:00"))
    views = [
        StopView(Stop(route=row, site=one, arrive=moment(a), start=moment(s), leave=moment(e)), number, [], [], moment(s))
        for number, (one, a, s, e) in enumerate(stops, start=1)
    ]
    pauses = [RouteBreak(start=moment(a), end=moment(b)) for a, b in breaks]
    return RouteView(row, Style.number(index), DEPOT, views, pauses, [*views, *pauses])


def test_the_map_keeps_north_up_and_distances_true():
    north, east = site(2, 34.40, 134.00), site(3, 34.30, 134.10)
    drawn = route_map.route_map([route(0, [(north, "09:00", "09:00", "09:05"), (east, "10:00", "10:00", "10:05")])])
    assert drawn is not None
    one, two = sorted(drawn.marks, key=lambda mark: mark.number)
    depot_x, depot_y, _name = drawn.depots[0]
    assert one.at_x == pytest.approx(depot_x, abs=0.2)
    assert one.at_y < depot_y  # north is up
    assert two.at_x > depot_x  # east is right
    # 0.1° east is cos 34.35° = 0.8256 times as far as 0.1° north
    assert (two.at_x - depot_x) / (depot_y - one.at_y) == pytest.approx(0.8256, abs=0.005)


def test_the_scale_bar_is_a_round_length_of_the_right_size():
    # 0.1° of latitude is 11.132 km; the bar stands for 1, 2 or 5 times a power of ten
    north = site(2, 34.40, 134.00)
    drawn = route_map.route_map([route(0, [(north, "09:00", "09:00", "09:05")])])
    assert drawn is not None
    _x, depot_y, _name = drawn.depots[0]
    km_per_px = 11.132 / (depot_y - drawn.marks[0].at_y)
    assert drawn.bar_px * km_per_px == pytest.approx(float(drawn.bar_km), rel=0.01)
    assert drawn.bar_km in {"1", "2", "5", "10"}


def test_stops_at_one_place_are_drawn_apart_with_a_line_to_the_place():
    same = [site(number, 34.35, 134.05) for number in range(2, 8)]
    drawn = route_map.route_map([route(0, [(one, "09:00", "09:00", "09:05") for one in same])])
    assert drawn is not None
    for i, one in enumerate(drawn.marks):
        for other in drawn.marks[i + 1 :]:
            assert (one.x - other.x) ** 2 + (one.y - other.y) ** 2 > 12**2, (one.number, other.number)
    assert sum(mark.moved for mark in drawn.marks) >= 5
    assert all(0 <= mark.x <= drawn.width and 0 <= mark.y <= drawn.height for mark in drawn.marks)


def test_a_place_with_wrong_coordinates_does_not_squeeze_the_map():
    stops = [(site(number, 34.30 + number / 100, 134.00), "09:00", "09:00", "09:05") for number in range(2, 6)]
    true = route_map.route_map([route(0, stops)], [(34.33, 134.00, "近い店")])
    wrong = route_map.route_map([route(0, stops)], [(34.33, 134.00, "近い店"), (34.33, 34.33, "遠い店")])
    assert true is not None
    assert wrong is not None
    assert true.marks == wrong.marks
    assert [name for _x, _y, name in wrong.others] == ["近い店"]
    assert wrong.beyond == ["遠い店"]


def test_hundreds_of_stops_are_dots_until_a_vehicle_is_chosen():
    def many(index: int) -> RouteView:
        return route(index, [(site(n, 34.30 + n / 900, 134.0 + index / 10), "09:00", "09:00", "09:05") for n in range(2, 83)])

    routes = [many(0), many(1)]  # 2 × 81 = 162 stops
    whole = route_map.route_map(routes)
    one = route_map.route_map(routes, chosen="VAN1")
    assert whole is not None
    assert one is not None
    assert sum(mark.small for mark in whole.marks) == 162
    assert sum(mark.small for mark in one.marks) == 81


def test_vehicles_differ_by_more_than_their_colour():
    styles = [Style.number(index) for index in range(30)]
    assert len({(s.colour, s.dash, s.shape) for s in styles}) == 30
    assert len({s.shape for s in styles[:6]}) == 6  # six vehicles are told apart in black and white


def test_no_plan_no_drawing():
    assert route_map.route_map([]) is None
    assert time_chart.time_chart([]) is None


def test_the_time_chart_shows_what_a_vehicle_does_when():
    shop = site(2, 34.35, 134.0)
    view = route(0, [(shop, "09:00", "09:30", "10:00")], [("10:30", "11:00")])
    chart = time_chart.time_chart([view])
    assert chart is not None
    # 8:00 to 13:00 is five hours on 740 − 74 − 22 = 644 units: 128.8 an hour
    blocks = [(b.kind, round((b.x - 74) / 128.8, 2), round(b.width / 128.8, 2)) for b in chart.rows[0].blocks]
    assert blocks == [
        ("drive", 0.0, 1.0),
        ("wait", 1.0, 0.5),
        ("serve", 1.5, 0.5),
        ("drive", 2.0, 2.0),
        ("break", 2.5, 0.5),
    ]
    assert [label for _x, label in chart.hours] == ["8:00", "9:00", "10:00", "11:00", "12:00", "13:00"]


def stock(zone: str, days_left: int | None, grams: int) -> Any:
    return SimpleNamespace(lot=SimpleNamespace(zone=zone), days_left=days_left, grams=grams)


def test_stock_is_added_up_by_days_left_and_zone():
    rows = [
        stock("ambient", -1, 100), stock("chilled", 0, 200), stock("chilled", 1, 300), stock("frozen", 3, 400), stock("ambient", 3, 50),
        stock("ambient", 7, 500), stock("ambient", 30, 600), stock("ambient", 31, 700), stock("ambient", None, 800),
    ]  # fmt: skip
    table = {label: (grams, total) for label, grams, total in stock_by_zone(rows).table}
    assert table == {
        "期限切れ": ([100, 0, 0], 100),
        "今日まで": ([0, 200, 0], 200),
        "明日まで": ([0, 300, 0], 300),
        "あと2〜3日": ([50, 0, 400], 450),
        "あと4〜7日": ([500, 0, 0], 500),
        "あと8〜30日": ([600, 0, 0], 600),
        "31日以上・期限なし": ([1500, 0, 0], 1500),  # 700 + 800
    }
    chart = stock_by_zone(rows)
    assert (chart.totals, chart.total_g) == ([2750, 500, 400], 3650)
    longest = max(chart.bars, key=lambda bar: bar.total_g)
    assert longest.end == pytest.approx(450 - 78, abs=0.1)  # the longest bar fills the room that is left beside the words
