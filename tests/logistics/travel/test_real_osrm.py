"""A real OSRM on the middle of Helsinki (© OpenStreetMap contributors)."""

import json
import math
import urllib.request

import pytest

from deploy.tools.process import free_port
from logistics.travel.models import RoadLeg
from logistics.travel.services.roads import travel_table
from tests.factories.roads import CIRCLE, At
from tests.services import osrm

pytestmark = [pytest.mark.osrm, pytest.mark.django_db]

# On streets that lead from each to each.
STREETS = {
    "HALLITUSKATU": (60.169709, 24.951208), "ROOBERTINKATU": (60.164292, 24.945570), "KORKEAVUORENKATU": (60.165095, 24.946271),
    "ALEKSANTERINKATU": (60.168968, 24.948401), "KAISANIEMENRANTA": (60.175979, 24.947858), "UNIONINKATU": (60.174725, 24.949870),
    "MIKONKATU": (60.171471, 24.944802), "MANNERHEIMINTIE": (60.171064, 24.936431),
}  # fmt: skip
CUT_OFF = (60.164930, 24.953441)  # a way that the extract's edge cuts off from the rest
FAR = (60.170, 25.020)  # 3.5 km east of the extract


def sites(**more):
    return {code: At(code, *where) for code, where in (STREETS | more).items()}


def single(url, a, b):
    """Seconds and metres of OSRM's own route from ``a`` to ``b``."""
    coordinates = f"{a.longitude:.6f},{a.latitude:.6f};{b.longitude:.6f},{b.latitude:.6f}"
    with urllib.request.urlopen(f"{url}/route/v1/driving/{coordinates}?overview=false", timeout=10) as answer:
        best = json.load(answer)["routes"][0]
    return best["duration"], best["distance"]


def test_the_table_is_what_single_routes_say(osrm_home, roads_of):
    with osrm.running(osrm_home) as url:
        roads_of(url)
        found = travel_table(sites(), circle=CIRCLE)
        assert (found.provider, found.extract, found.fallback, found.flagged_pairs) == ("osrm", osrm.EXTRACT_DATE, "", 0)
        places = list(sites().values())
        for i, a in enumerate(places):
            for j, b in enumerate(places):
                if i != j:
                    seconds, metres = single(url, a, b)
                    assert found.seconds[i, j] == math.ceil(seconds)
                    # a route's distance is summed over its pieces, a table's over its edges: a metre apart at most
                    assert abs(found.metres[i, j] - metres) <= 2
    there = found.seconds
    assert (there != there.T).any()  # one-way streets


def test_no_way_and_no_road_are_flagged_and_only_they(osrm_home, roads_of):
    with osrm.running(osrm_home) as url:
        roads_of(url)
        found = travel_table(sites(ISLAND=CUT_OFF, FAR=FAR), circle=CIRCLE)
    n = len(STREETS)
    assert not found.estimated[:n, :n].any()
    assert found.estimated[:n, n:].all() and found.estimated[n:, :n].all()
    circle_s, _ = CIRCLE.matrices([(p.latitude, p.longitude) for p in sites(ISLAND=CUT_OFF, FAR=FAR).values()])
    assert found.seconds[0, n] == circle_s[0, n] and found.seconds[n + 1, 0] == circle_s[n + 1, 0]


def test_a_default_radius_does_not_let_one_place_spoil_the_rest(osrm_home, roads_of):
    with osrm.running(osrm_home, "--default-radius", "500") as url:
        roads_of(url)
        found = travel_table(sites(FAR=FAR), circle=CIRCLE)
    n = len(STREETS)
    assert found.fallback == "" and not found.estimated[:n, :n].any() and found.estimated[n, :n].all()


def test_killed_in_between_it_is_fallen_back_from_and_known_pairs_stay(osrm_home, roads_of):
    port = free_port()
    with osrm.running(osrm_home, port=port) as url:
        roads_of(url)
        first = travel_table(sites(), circle=CIRCLE)
    known = travel_table(sites(), circle=CIRCLE)  # nobody listens any more, and nobody has to
    assert known.fallback == "" and known.seconds.tolist() == first.seconds.tolist()
    more = travel_table(sites(FAR=FAR), circle=CIRCLE)
    assert (more.provider, more.fallback) == ("osrm", "refused") and more.flagged_pairs == 2 * len(STREETS)


def test_a_small_limit_of_the_server_is_found_out(osrm_home, roads_of):
    with osrm.running(osrm_home, "--max-table-size", "3") as url:
        roads_of(url)
        found = travel_table(sites(), circle=CIRCLE)
    assert (found.fallback, found.flagged_pairs) == ("", 0)
    assert RoadLeg.objects.count() == len(STREETS) * (len(STREETS) - 1)


def test_data_without_a_date_have_none(osrm_home, roads_of):
    with osrm.running(osrm_home, roads="undated") as url:
        roads_of(url)
        assert travel_table(sites(), circle=CIRCLE).extract == ""
