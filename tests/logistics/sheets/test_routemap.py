from __future__ import annotations

import itertools
import math

import pytest

from logistics.sheets.routemap import RouteMap, overlap
from tests.factories.sheets import route_sheet, sheet_stop


def test_north_is_up_and_east_is_right():
    drawn = RouteMap(route_sheet(), 500, 300)
    here, north, east = drawn.place(34.30, 134.05), drawn.place(34.31, 134.05), drawn.place(34.30, 134.06)
    assert north[1] > here[1]
    assert north[0] == pytest.approx(here[0])
    assert east[0] > here[0]
    assert east[1] == pytest.approx(here[1])


def test_the_scale_is_the_same_both_ways():
    drawn = RouteMap(route_sheet(), 500, 300)
    here, north, east = drawn.place(34.30, 134.05), drawn.place(34.31, 134.05), drawn.place(34.30, 134.06)
    # 0.01° of latitude are 1.1132 km; of longitude at 34.3° about 1.1132 × cos 34.3° = 0.9196 km.
    assert (north[1] - here[1]) / 1.1132 == pytest.approx(drawn.points_per_km, rel=1e-6)
    assert (east[0] - here[0]) / 0.9196 == pytest.approx(drawn.points_per_km, rel=2e-3)


def test_all_places_are_on_the_map():
    sheet = route_sheet(40)
    drawn = RouteMap(sheet, 520, 330)
    for stop in sheet.stops:
        x, y = drawn.place(stop.latitude, stop.longitude)
        assert 0 <= x <= 520
        assert 0 <= y <= 330


@pytest.mark.parametrize("stops", [1, 12, 40])
def test_labels_never_cover_each_other(stops: int):
    drawn = RouteMap(route_sheet(stops), 520, 330)
    labels = drawn.labels()
    assert len(labels) == stops
    for one, other in itertools.combinations(labels, 2):
        assert not overlap(one.box, other.box), (one.text, other.text)
    for label in labels:
        assert label.box[0] >= 0
        assert label.box[0] + label.box[2] <= 520


def test_forty_stops_in_one_block_of_houses_are_still_told_apart():
    crowd = tuple(sheet_stop(n, latitude=34.34 + n * 1e-4, longitude=134.05) for n in range(1, 41))
    far = sheet_stop(41, latitude=34.60, longitude=134.40)
    labels = RouteMap(route_sheet(stops=(*crowd, far)), 520, 330).labels()
    assert not any(overlap(a.box, b.box) for a, b in itertools.combinations(labels, 2))


def test_two_stops_at_one_place_share_a_label():
    twice = (sheet_stop(1), sheet_stop(2), sheet_stop(3, latitude=sheet_stop(1).latitude, longitude=sheet_stop(1).longitude))
    labels = RouteMap(route_sheet(stops=twice), 520, 330).labels()
    assert sorted(label.text for label in labels) == ["1・3", "2"]


def test_the_scale_bar_is_a_round_number_and_fits():
    drawn = RouteMap(route_sheet(), 520, 330)
    assert math.log10(drawn.scale_km / 1) % 1 == pytest.approx(0) or drawn.scale_km in (0.2, 0.5, 2, 5, 20, 50)
    assert drawn.scale_km * drawn.points_per_km <= 130


def test_a_route_to_one_place_at_the_depot_can_be_drawn():
    same = sheet_stop(1, latitude=34.34, longitude=134.06)
    drawn = RouteMap(route_sheet(stops=(same,)), 520, 330)
    # Nothing is less than half a kilometre wide: (330 − 2 × 22) ÷ 0.5
    assert drawn.points_per_km == pytest.approx(572)
