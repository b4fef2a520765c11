import json

import numpy as np
import pytest

from logistics.travel.provider import ProviderDown, whole
from logistics.travel.table import Roads, blocks, halves, point_of
from tests.factories.roads import At


def missing(n: int, known: int) -> np.ndarray:
    """Of ``n`` places the pairs that are missing when the first ``known`` know each other."""
    unknown = np.ones((n, n), dtype=bool)
    unknown[:known, :known] = False
    np.fill_diagonal(unknown, False)
    return unknown


def test_nothing_known_is_one_table():
    assert list(blocks(missing(4, 0))) == [([0, 1, 2, 3], [0, 1, 2, 3])]


def test_one_new_place_is_one_row_and_one_column():
    """Of 5 places 4 are known: 4 pairs there and 4 back are missing; the two tables have 4 × 1 and 1 × 5 cells."""
    found = sorted(blocks(missing(5, 4)), key=lambda block: len(block[0]))
    assert found == [([4], [0, 1, 2, 3, 4]), ([0, 1, 2, 3], [4])]


def test_all_known_asks_nothing():
    assert list(blocks(missing(3, 3))) == []


@pytest.mark.parametrize("known", range(7))
def test_the_tables_cover_what_is_missing_and_no_known_pair(known):
    unknown = missing(6, known)
    covered = np.zeros_like(unknown)
    for sources, targets in blocks(unknown):
        covered[np.ix_(sources, targets)] = True
    np.fill_diagonal(covered, False)
    assert (covered == unknown).all()


def test_single_holes_are_asked_alone():
    unknown = np.zeros((4, 4), dtype=bool)
    unknown[1, 3] = unknown[2, 3] = unknown[0, 2] = True
    assert sorted(blocks(unknown)) == [([0], [2]), ([1, 2], [3])]


def test_halves_keep_every_pair():
    cut = halves([0, 1, 2], [5, 6])
    assert sorted((i, j) for rows, columns in cut for i in rows for j in columns) == [
        (0, 5), (0, 6), (1, 5), (1, 6), (2, 5), (2, 6),
    ]  # fmt: skip
    assert cut == [([0], [5, 6]), ([1, 2], [5, 6])]


def test_numbers_are_rounded_up_and_kilometres_stay_whole_metres():
    found, empty = whole([[12.3, None], [0, 361.9]], height=2, width=2, most=10**6, scale=1000)
    assert found.tolist() == [[12_300, 0], [0, 361_900]] and empty.tolist() == [[False, True], [False, False]]
    assert whole([[381.5]], height=1, width=1, most=1000)[0].tolist() == [[382]]


@pytest.mark.parametrize(
    "rows", [None, "text", [[1, 2]], [[1], [2, 3]], [["x"]], [[-1]], [[float("inf")]], [[10**9]], [[{}]], {"0": [1]}]
)
def test_anything_else_is_nonsense(rows):
    with pytest.raises(ProviderDown) as down:
        whole(rows, height=1, width=1, most=10**6)
    assert down.value.reason == "nonsense"


def test_a_place_that_moved_is_another_point():
    assert point_of(At("A", 34.3000004, 134.0)) == point_of(At("A", 34.3, 134.0)) == (34.3, 134.0)  # 4 cm
    assert point_of(At("A", 34.30001, 134.0)) != point_of(At("A", 34.3, 134.0))  # 1.1 m


def test_roads_among_some_places_and_as_json_can_carry_them():
    n = np.arange(9).reshape(3, 3)
    roads = Roads(("A", "B", "C"), n, 10 * n, n > 6, "osrm", "osrm", "driving", "2026-11-01", "timeout")
    some = roads.among({"C", "A"})
    assert (some.codes, some.seconds.tolist(), some.metres.tolist()) == (("A", "C"), [[0, 2], [6, 8]], [[0, 20], [60, 80]])
    assert some.estimated.tolist() == [[False, False], [False, True]]
    back = Roads.from_lists(json.loads(json.dumps(roads.as_lists())))
    assert back.pairs() == roads.pairs() and back.estimated.tolist() == roads.estimated.tolist()
    assert (back.provider, back.asked, back.profile, back.extract, back.fallback) == (
        "osrm", "osrm", "driving", "2026-11-01", "timeout",
    )  # fmt: skip
    assert Roads.from_lists(roads.among(()).as_lists()).pairs() == {}
