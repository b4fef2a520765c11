"""What is kept, what is asked, and what happens when nobody answers: with a stand-in that answers as OSRM does."""

import datetime as dt
import time

import pytest
from django.core.cache import cache

from deploy.tools.process import free_port
from foodbank.core.dates import today
from logistics.travel.models import RoadData, RoadLeg, RoadPoint
from logistics.travel.provider import MOST_PLACES
from logistics.travel.selectors.legs import known_roads
from logistics.travel.services.roads import check_provider, forget_old_roads, travel_table
from tests.factories.roads import CIRCLE, At, places, road
from tests.services import roads

pytestmark = pytest.mark.django_db
DATED = "2026-11-01"


def table(found):
    return travel_table(found, circle=CIRCLE)


@pytest.fixture
def server(roads_of):
    with roads.answering(roads.osrm_like(road, version=lambda: DATED)) as running:
        roads_of(running.url)
        yield running


def test_without_a_provider_the_great_circle_is_not_a_table(settings):
    assert settings.TRAVEL_PROVIDER == "great_circle"
    assert table(places(3)) is None and known_roads(places(3), circle=CIRCLE) is None


def test_seconds_and_metres_with_their_source(server):
    """P0 to P2: 2 × 122 + 2 = 246 s, back 244 s; 2 × 1000.4 = 2000.8 m, rounded up 2001."""
    found = table(places(3))
    assert found.codes == ("P0", "P1", "P2")
    assert found.seconds.tolist() == [[0, 124, 246], [122, 0, 124], [244, 122, 0]]
    assert found.metres.tolist() == [[0, 1001, 2001], [1001, 0, 1001], [2001, 1001, 0]]
    assert (found.provider, found.asked, found.profile, found.extract, found.fallback) == ("osrm", "osrm", "driving", DATED, "")
    assert found.flagged_pairs == 0
    assert found.pairs()["P2", "P0"] == (244, 2001)


def test_what_is_known_is_not_asked_again(server):
    first = table(places(5))
    asked = len(server.asked)
    assert asked == 2  # the date of the data, and one table
    again = table(places(5))
    assert len(server.asked) == asked
    assert again.seconds.tolist() == first.seconds.tolist() and again.extract == DATED
    table(dict(reversed(places(5).items())))  # another order, the same places
    assert len(server.asked) == asked
    assert known_roads(places(5), circle=CIRCLE).seconds.tolist() == first.seconds.tolist()


def test_a_new_place_asks_for_its_own_pairs_only(server):
    table(places(4))
    before = len(server.tables)
    assert table(places(5)).flagged_pairs == 0
    added = server.tables[before:]
    assert len(added) == 2
    assert RoadLeg.objects.count() == 5 * 4


def test_a_site_that_moves_is_asked_for_anew_and_its_code_does_not_matter(server):
    table(places(3))
    moved = places(3) | {"P1": At("P1", 34.35, 134.0)}
    before = len(server.tables)
    assert table(moved).seconds[0].tolist() == [0, 5 * 122 + 2, 246]
    assert len(server.tables) > before
    renamed = {f"N{i}": At(f"N{i}", p.latitude, p.longitude) for i, p in enumerate(places(3).values())}
    before = len(server.asked)
    table(renamed)
    assert len(server.asked) == before


def test_two_sites_at_one_address_are_no_way_apart(server):
    found = table({"A": At("A", 34.3, 134.0), "B": At("B", 34.3, 134.0), "C": At("C", 34.31, 134.0)})
    assert found.seconds.tolist() == [[0, 0, 124], [0, 0, 124], [122, 122, 0]]
    assert found.flagged_pairs == 0


def test_one_place_alone_needs_no_table(server):
    assert table(places(1)).seconds.tolist() == [[0]]
    assert server.tables == []


def test_a_large_day_is_asked_for_in_parts_that_the_server_takes(roads_of):
    """25 places where 10 a side are the most: halves are tried until they fit, and every pair is there."""
    with roads.answering(roads.osrm_like(road, version=lambda: DATED, most=10)) as server:
        roads_of(server.url)
        found = table(places(25))
    assert found.flagged_pairs == 0 and found.fallback == ""
    assert found.seconds[0, 24] == 24 * 122 + 2
    assert RoadLeg.objects.count() == 25 * 24


def test_a_server_that_takes_nothing_is_down(roads_of):
    with roads.answering(roads.osrm_like(road, most=0)) as server:
        roads_of(server.url)
        assert table(places(4)).fallback == "nonsense"


def test_no_way_falls_back_by_pair_and_is_flagged(roads_of):
    """P0 and P2 do not know each other. 0.02° on the great circle are 2223.9 m; × 1.3 = 2891.1 m, at 24 km/h 433.7 s."""
    ends = {34.3, 34.32}
    with roads.answering(roads.osrm_like(lambda a, b: None if {a[0], b[0]} == ends else road(a, b))) as server:
        roads_of(server.url)
        found = table(places(3))
        assert found.estimated.tolist() == [[False, False, True], [False] * 3, [True, False, False]]
        assert found.seconds[0].tolist() == [0, 124, 434] and found.metres[0, 2] == 2892
        assert (found.provider, found.fallback, found.flagged_pairs) == ("osrm", "", 2)
        before = len(server.asked)
        assert table(places(3)).flagged_pairs == 2  # that there is no way is known too
        assert len(server.asked) == before


def test_a_place_far_from_any_road_is_not_the_nearest_road(roads_of):
    """OSRM takes the nearest road however far: 9 km off is no answer about this place."""
    with roads.answering(roads.osrm_like(road, off=frozenset({(34.31, 134.0)}))) as server:
        roads_of(server.url)
        found = table(places(3))
    assert found.estimated.tolist() == [[False, True, False], [True, False, True], [False, True, False]]


DOWN = {
    "fault": (503, {"message": "starting"}),
    "nonsense": (200, b"<html>It works!</html>"),
}


@pytest.mark.parametrize("reason", DOWN)
def test_a_server_that_fails_is_fallen_back_from_entirely(roads_of, reason):
    with roads.answering(lambda path, said: DOWN[reason]) as server:
        roads_of(server.url)
        found = table(places(3))
    circle_s, circle_m = CIRCLE.matrices([(p.latitude, p.longitude) for p in places(3).values()])
    assert found.seconds.tolist() == circle_s.tolist() and found.metres.tolist() == circle_m.tolist()
    assert (found.provider, found.asked, found.fallback, found.flagged_pairs) == ("great_circle", "osrm", reason, 6)
    assert not RoadLeg.objects.exists()


@pytest.mark.sqlite
def test_more_places_than_are_asked_for_are_all_estimated_and_it_says_so(server):
    """The 1,501 × 1,500 pairs of places that differ."""
    found = table(places(MOST_PLACES + 1))
    assert (found.provider, found.asked, found.fallback) == ("great_circle", "osrm", "too_many")
    assert found.flagged_pairs == 1_501 * 1_500 and found.codes[-1] == "P1500"
    assert found.seconds[0, 1] == CIRCLE.matrices([(34.3, 134.0), (34.31, 134.0)])[0][0, 1]
    assert server.asked == []


def test_a_server_that_is_not_there(roads_of):
    roads_of(f"http://127.0.0.1:{free_port()}")
    assert (table(places(3)).provider, table(places(3)).fallback) == ("great_circle", "refused")


def test_a_server_that_says_nothing_costs_its_time_once(roads_of):
    with roads.silent() as url:
        roads_of(url, seconds=0.3)
        begin = time.monotonic()
        assert table(places(3)).fallback == "timeout"
        assert time.monotonic() - begin < 3
        begin = time.monotonic()
        assert table(places(3)).fallback == "timeout"
        assert time.monotonic() - begin < 0.3  # nobody was asked again so soon


def test_after_a_silence_the_server_is_asked_again(server):
    cache.set(f"travel/silence/osrm/{server.url}", "refused", 60)
    assert table(places(2)).fallback == "refused" and server.asked == []
    assert check_provider(near=(34.3, 134.0)) == ""
    assert table(places(2)).fallback == ""


def test_what_was_known_stays_when_the_server_is_gone(roads_of):
    with roads.answering(roads.osrm_like(road, version=lambda: DATED)) as server:
        roads_of(server.url)
        table(places(3))
    whole = table(places(3))
    assert (whole.provider, whole.fallback, whole.flagged_pairs) == ("osrm", "", 0)
    more = table(places(4))
    assert (more.provider, more.fallback, more.flagged_pairs) == ("osrm", "refused", 6)
    assert more.seconds[0].tolist()[:3] == [0, 124, 246]


def test_what_came_before_the_server_broke_is_kept(roads_of):
    answer, count = roads.osrm_like(road, most=3), 0

    def breaks(path, said):
        nonlocal count
        status, document = answer(path, said)
        count += "/table/" in path and status == 200
        return (500, {}) if count > 2 else (status, document)

    with roads.answering(breaks) as server:
        roads_of(server.url)
        found = table(places(8))
    assert found.fallback == "fault" and 0 < found.flagged_pairs < 8 * 7
    assert RoadLeg.objects.count() == 8 * 7 - found.flagged_pairs


def test_new_road_data_are_asked_for_everything_anew(roads_of):
    version = DATED
    with roads.answering(
        roads.osrm_like(lambda a, b: (500, 900) if version == "2026-11-08" else road(a, b), version=lambda: version)
    ) as server:
        roads_of(server.url)
        table(places(3))
        version = "2026-11-08"
        assert table(places(3)).extract == DATED  # nobody looked yet
        RoadData.objects.update(checked_at="2026-11-01T00:00Z")
        found = table(places(3))
        assert found.extract == "2026-11-08" and found.seconds[0].tolist() == [0, 500, 500]


def test_road_data_that_change_while_we_ask_are_noticed(roads_of):
    version = DATED
    with roads.answering(
        roads.osrm_like(lambda a, b: (500, 900) if version != DATED else road(a, b), version=lambda: version)
    ) as server:
        roads_of(server.url)
        table(places(3))
        version = "2026-11-08"  # within the hour in which nobody looks
        found = table(places(4))
    assert found.extract == "2026-11-08" and found.flagged_pairs == 0
    assert found.seconds[0].tolist() == [0, 500, 500, 500]


def test_data_without_a_date_are_asked_for_anew_each_week(roads_of):
    with roads.answering(roads.osrm_like(road)) as server:
        roads_of(server.url)
        assert table(places(2)).extract == ""
        year, week, _ = today().isocalendar()
        assert RoadData.objects.get().version == f"{year}-W{week:02d}"


def test_profiles_do_not_share_what_is_known(roads_of):
    with roads.answering(roads.osrm_like(road)) as server:
        roads_of(server.url)
        table(places(2))
        roads_of(server.url, profile="truck")
        table(places(2))
    assert [path for path, _ in server.tables] == [
        "/table/v1/driving/134.000000,34.300000;134.000000,34.310000",
        "/table/v1/truck/134.000000,34.300000;134.000000,34.310000",
    ]


def test_valhalla_is_asked_the_same_way(roads_of):
    with roads.answering(roads.valhalla_like(road, changed=1_634_903_519, most_pairs=20)) as server:
        roads_of(server.url, provider="valhalla", profile="auto")
        found = table(places(6))
        asked = len(server.asked)
        table(places(6))
        assert len(server.asked) == asked
    assert (found.provider, found.extract, found.flagged_pairs) == ("valhalla", "2021-10-22T11:51:59Z", 0)
    assert found.seconds[5].tolist() == [610, 488, 366, 244, 122, 0]


def test_forgetting_keeps_what_counts(server):
    table(places(3))
    long_ago = today() - dt.timedelta(days=200)
    RoadData.objects.create(
        provider="osrm", profile="driving", version="2026-04-01", checked_at="2026-04-01T00:00Z", used_on=long_ago
    )
    RoadPoint.objects.filter(latitude_e6=34_320_000).update(used_on=long_ago)
    assert forget_old_roads() == 2  # the old data, and P2 with its four legs
    assert RoadData.objects.get().version == DATED
    assert RoadLeg.objects.count() == 2
    assert forget_old_roads() == 0


def test_the_newest_data_stay_even_when_nobody_planned_for_long(server):
    table(places(2))
    RoadData.objects.update(used_on=today() - dt.timedelta(days=200))
    assert forget_old_roads() == 0
