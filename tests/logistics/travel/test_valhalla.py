"""Valhalla's services as they are described, by a stand-in."""

import time

import pytest

from logistics.travel.provider import ProviderDown, TooLarge
from logistics.travel.valhalla import Valhalla
from tests.factories.roads import road
from tests.services import roads

A, B, C = (34.30, 134.0), (34.31, 134.0), (34.33, 134.0)


def asked(server, sources, targets):
    return Valhalla(server.url).ask(sources, targets, until=time.monotonic() + 5)


def test_seconds_and_metres_of_each_pair():
    """A to C are three hundredths of a degree: 3 × 122 + 2 = 368 s and 3 × 1000.4 = 3001.2 m, rounded up 3002; back 366 s."""
    with roads.answering(roads.valhalla_like(road)) as server:
        block = asked(server, [A, C], [A, B, C])
    assert block.seconds.tolist() == [[0, 124, 368], [366, 244, 0]]
    assert block.metres.tolist() == [[0, 1001, 3002], [3002, 2001, 0]]
    assert not block.missing.any()
    body = server.asked[0][1]
    assert body["costing"] == "auto" and body["units"] == "kilometers"
    assert body["sources"][0] == {"lat": 34.3, "lon": 134.0, "search_cutoff": 500}


def test_null_cells_are_missing():
    with roads.answering(roads.valhalla_like(lambda a, b: None if b == C else road(a, b))) as server:
        assert asked(server, [A, B], [A, B, C]).missing.tolist() == [[False, False, True], [False, False, True]]


def test_a_place_without_a_road_does_not_spoil_the_others():
    with roads.answering(roads.valhalla_like(road, off=frozenset({C}))) as server:
        block = asked(server, [A, B, C], [A, B, C])
    assert block.missing.tolist() == [[False, False, True], [False, False, True], [True, True, True]]
    assert block.seconds[0, 1] == 124
    assert [path for path, _ in server.asked] == ["/sources_to_targets", "/locate", "/sources_to_targets"]


def test_no_place_with_a_road():
    with roads.answering(roads.valhalla_like(road, off=frozenset({A, B}))) as server:
        assert asked(server, [A, B], [A, B]).missing.all()


def test_too_many_pairs_are_asked_for_in_parts():
    with roads.answering(roads.valhalla_like(road, most_pairs=4)) as server, pytest.raises(TooLarge):
        asked(server, [A, B, C], [A, B, C])


def test_the_date_of_its_tiles():
    """1634903519 s after 1970 is 22 October 2021, 11:51:59 UTC."""
    with roads.answering(roads.valhalla_like(road, changed=1_634_903_519)) as server:
        assert Valhalla(server.url).version(A, until=time.monotonic() + 5) == "2021-10-22T11:51:59Z"
    with roads.answering(roads.valhalla_like(road)) as server:
        assert Valhalla(server.url).version(A, until=time.monotonic() + 5) == ""


@pytest.mark.parametrize(
    "reply",
    [
        (200, {}), (200, []), (200, b"<html>"), (404, {"error_code": 106, "error": "Try any of"}),
        (200, {"sources_to_targets": [[{}, {}]]}), (200, {"sources_to_targets": [[1, 2], [3, 4]]}),
        (200, {"sources_to_targets": {"durations": [[0]], "distances": [[0]]}}),
        (200, {"sources_to_targets": [[{"time": "soon", "distance": 1}] * 2] * 2}),
        (400, {"error_code": 154, "error": "Path distance exceeds the max distance limit"}),
    ],
)  # fmt: skip
def test_anything_else_is_nonsense(reply):
    with roads.answering(lambda path, said: reply) as server, pytest.raises(ProviderDown) as down:
        asked(server, [A, B], [A, B])
    assert down.value.reason == "nonsense"
