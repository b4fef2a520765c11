"""A day planned with driving times of a road server, and without one that should be there."""

import math
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from deploy.tools.process import free_port
from foodbank.accounts.services.system import system_user
from logistics.dispatch.models import Plan
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.selectors.facts import day_facts
from logistics.dispatch.services.planning import make_plan
from logistics.travel.great_circle import great_circle_m
from tests.factories import UserFactory
from tests.logistics.dispatch.conftest import DAY
from tests.services import roads

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite,
]  # planning takes long; what is kept is tried on both in tests/logistics/travel
WORK = 5


def street(a, b):
    """1.5 m of road per metre by air, 40 s of traffic lights, 30 km/h; to the north 60 s more."""
    metres = 1.5 * great_circle_m(*a, *b)
    return metres * 3.6 / 30 + 40 + (60 if b[0] > a[0] else 0), metres


def planned():
    return make_plan(day=DAY, actor=system_user(), work=WORK, seed=1)


@pytest.fixture
def on_roads(example_day, roads_of):
    with roads.answering(roads.osrm_like(street, version=lambda: "2026-11-01")) as server:
        roads_of(server.url)
        yield server


def legs(document, day):
    """From, to, seconds between leaving and arriving."""
    depots = {van.code: van.depot for van in day.vans}
    moment = day_seconds
    for route in document["routes"]:
        place, since = depots[route["vehicle"]], moment(route["depart"])
        for stop in route["stops"]:
            yield place, stop["site"], moment(stop["arrive"]) - since
            place, since = stop["site"], moment(stop["leave"])
        yield place, depots[route["vehicle"]], moment(route["return"]) - since


def day_seconds(text):
    hours, minutes, seconds = text[11:19].split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def test_the_plan_drives_as_long_as_the_roads_say(on_roads):
    plan = planned()
    day = day_facts(DAY)
    where = {p.code: (p.latitude, p.longitude) for p in day.places.values()}
    driven = list(legs(plan.document, day))
    assert len(driven) > 5
    for a, b, seconds in driven:
        if a != b:
            assert seconds >= math.ceil(street(where[a], where[b])[0] - 1e-6)
    assert plan.document["travel"] == {
        "provider": "osrm", "detour": 1.3, "speed_kmh": 24.0, "profile": "driving", "extract_date": "2026-11-01",
        "flagged_pairs": 0, "flagged_legs": [],
    }  # fmt: skip
    assert (plan.travel_provider, plan.travel_asked, plan.travel_extract) == ("osrm", "osrm", "2026-11-01")
    assert (plan.travel_fallback, plan.travel_flagged) == ("", 0)
    assert check_plan(day, plan.document) == []


def test_planning_again_asks_nobody_and_the_plan_is_the_same(on_roads):
    first, asked = planned(), len(on_roads.asked)
    assert asked >= 2
    assert planned().document == first.document
    assert len(on_roads.asked) == asked


def test_a_leg_faster_than_the_road_is_seen(on_roads):
    plan, day = planned(), day_facts(DAY)
    slower = replace(day, roads=replace(day.roads, seconds=day.roads.seconds * 2))
    assert "travel_time" in {fault.code for fault in check_plan(slower, plan.document)}
    longer = replace(day, roads=replace(day.roads, metres=day.roads.metres * 2))
    assert {fault.code for fault in check_plan(longer, plan.document)} == {"distance"}


def test_a_plan_on_roads_that_nobody_knows_cannot_be_checked(on_roads):
    document = planned().document
    assert [f.code for f in check_plan(replace(day_facts(DAY), roads=None), document)] == ["travel_unknown"]


def test_without_its_server_a_day_is_planned_by_air_and_the_plan_says_so(example_day, roads_of, client):
    roads_of(f"http://127.0.0.1:{free_port()}")
    out = StringIO()
    call_command("plan_day", date=DAY.isoformat(), work=WORK, stdout=out)
    plan = Plan.objects.get()
    travel = plan.document["travel"]
    assert travel["provider"] == plan.travel_provider == "great_circle"
    assert travel["fallback"]["provider"] == "osrm" and travel["fallback"]["reason"] == "refused"
    assert travel["flagged_pairs"] == plan.travel_flagged > 0
    assert check_plan(day_facts(DAY), plan.document) == []
    assert travel["fallback"]["ja"] in out.getvalue() and travel["fallback"]["en"] in out.getvalue()
    client.force_login(UserFactory.create())
    page = client.get(reverse("dispatch:day", args=[DAY])).content.decode()
    assert travel["fallback"]["ja"] in page and travel["fallback"]["en"] in page


def test_a_day_with_more_places_than_are_asked_for_says_so(example_day, on_roads, client, monkeypatch):
    """As with 1,501 places, which would take long: here three are the most."""
    monkeypatch.setattr("logistics.travel.services.roads.MOST_PLACES", 3)
    plan = planned()
    said = plan.document["travel"]["fallback"]
    assert (plan.travel_provider, plan.travel_fallback, said["reason"]) == ("great_circle", "too_many", "too_many")
    assert "1,500か所を超える日は、サーバーに聞きません" in said["ja"] and "not asked for more than 1,500 places" in said["en"]
    assert check_plan(day_facts(DAY), plan.document) == []
    client.force_login(UserFactory.create())
    assert said["ja"] in client.get(reverse("dispatch:day", args=[DAY])).content.decode()


def test_a_place_that_no_road_reaches_is_flagged_on_the_plan(example_day, roads_of, client):
    shop = next(p for p in day_facts(DAY).places.values() if p.code.startswith("D"))
    off = frozenset({(round(shop.latitude, 6), round(shop.longitude, 6))})
    with roads.answering(roads.osrm_like(street, off=off)) as server:
        roads_of(server.url)
        plan = planned()
    n = len(day_facts(DAY).places)
    assert plan.document["travel"]["flagged_pairs"] == plan.travel_flagged == 2 * (n - 1)
    flagged = plan.document["travel"]["flagged_legs"]
    assert all(shop.code in leg for leg in flagged) and len(flagged) == plan.travel_flagged_legs
    assert plan.document["travel"]["extract_date"] is None
    client.force_login(UserFactory.create())
    assert "道路データに道がない区間" in client.get(reverse("dispatch:day", args=[DAY])).content.decode()
