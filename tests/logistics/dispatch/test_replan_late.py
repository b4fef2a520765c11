"""A driver says to be late, and the rest of the day is planned again: the vehicle is free only then, and a delay counts once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from foodbank.accounts.services.system import system_user
from foodbank.core.dates import seconds_on
from logistics.dispatch.models import Delivery, Plan, Stop, StopProgress
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.selectors.begun import BegunRoute
from logistics.dispatch.selectors.by_hand import kept_of
from logistics.dispatch.selectors.expected import expected_starts
from logistics.dispatch.selectors.facts import day_facts
from logistics.dispatch.selectors.late import late_vehicles
from logistics.dispatch.selectors.under_way import under_way
from logistics.dispatch.services import handover
from logistics.dispatch.services.by_hand import open_plan
from logistics.dispatch.services.publishing import publish
from tests.factories.under_way import Clock
from tests.logistics.dispatch.conftest import DAY
from tests.logistics.dispatch.test_replan_events import again, clock, driven, noon, untouched

__all__ = ["clock", "driven", "noon"]
pytestmark = pytest.mark.sqlite
HOUR = dt.timedelta(hours=1)


def on_its_way() -> BegunRoute:
    """A vehicle that drives to a partner or a shop, with more to do after that."""
    for begun in under_way(DAY).begun:
        following = begun.fixed[-1]
        more = begun.open and len(begun.rows) > len(begun.fixed) + 1
        if more and following.visit_id is None and getattr(following, "progress", None) is None:
            return begun
    raise AssertionError("no such vehicle")


def hour_late(stop: Stop) -> dt.datetime:
    expected_at = max(stop.start, timezone.now()) + HOUR
    handover.say_late(stop=stop, expected_at=expected_at, actor=system_user())
    return expected_at


def free(code: str) -> int:
    return next(van.shift[0] for van in day_facts(DAY).vans if van.code == code)


def test_the_vehicle_is_free_only_when_it_has_been_there(noon: Plan) -> None:
    begun = on_its_way()
    stop, code = begun.fixed[-1], begun.route.vehicle.code
    before = free(code)
    expected_at = hour_late(stop)
    then = seconds_on(DAY, expected_at + (stop.leave - stop.start))
    assert free(code) == then > before
    draft = again()
    untouched(noon, draft)
    rest = next(r for r in draft.document["routes"] if r["vehicle"] == code)["stops"][len(begun.fixed) :]
    assert all(seconds_on(DAY, dt.datetime.fromisoformat(one["arrive"])) >= then for one in rest)
    handover.say_on_time(stop=stop, actor=system_user())
    assert free(code) == before


def test_once_it_is_planned_for_the_delay_counts_no_more(noon: Plan) -> None:
    """The rest begins when the late vehicle is free; its stops are not expected another hour later."""
    begun = on_its_way()
    stop = begun.fixed[-1]
    expected_at = hour_late(stop)
    publish(plan=again(), actor=system_user())
    stops = list(Stop.objects.filter(route=begun.route).select_related("progress", "site").order_by("sequence"))
    expected = expected_starts(stops, list(begun.route.breaks.all()))
    assert expected[stop.pk] == expected_at
    after = [one for one in stops if one.sequence > stop.sequence]
    assert after
    assert [expected[one.pk] for one in after] == [one.start for one in after]
    for delivery in Delivery.objects.filter(stop__in=after, state="on_the_way"):
        assert delivery.eta == delivery.stop.start


def test_half_an_hour_more_than_was_planned_for_is_half_an_hour(noon: Plan, clock: Clock) -> None:
    begun = on_its_way()
    stop = begun.fixed[-1]
    expected_at = hour_late(stop)
    publish(plan=again(), actor=system_user())
    stop.refresh_from_db()
    clock(expected_at)
    handover.say_late(stop=stop, expected_at=expected_at + HOUR / 2, actor=system_user())
    stops = list(Stop.objects.filter(route=begun.route).select_related("progress", "site").order_by("sequence"))
    expected = expected_starts(stops, list(begun.route.breaks.all()))
    following = next(one for one in stops if one.sequence == stop.sequence + 1)
    assert dt.timedelta(0) < expected[following.pk] - following.start <= HOUR / 2  # less where it would have waited


def test_an_arrival_that_was_late_is_counted_once_too(noon: Plan, clock: Clock) -> None:
    """Nobody said anything, but the vehicle came an hour late; the same holds for what it does after that."""
    begun = on_its_way()
    stop = begun.fixed[-1]
    clock(stop.start + HOUR)
    handover.arrive(stop=stop, actor=system_user())
    publish(plan=again(), actor=system_user())
    stops = list(Stop.objects.filter(route=begun.route).select_related("progress", "site").order_by("sequence"))
    expected = expected_starts(stops, list(begun.route.breaks.all()))
    after = [one for one in stops if one.sequence > stop.sequence]
    assert [expected[one.pk] for one in after] == [one.start for one in after]


def test_planned_twice_more(noon: Plan) -> None:
    begun = on_its_way()
    stop = begun.fixed[-1]
    hour_late(stop)
    for _ in range(2):
        draft = again()
        assert check_plan(day_facts(DAY), draft.document) == []
        publish(plan=draft, actor=system_user())
    stops = list(Stop.objects.filter(route=begun.route).select_related("progress", "site").order_by("sequence"))
    expected = expected_starts(stops, list(begun.route.breaks.all()))
    after = [one for one in stops if one.sequence > stop.sequence]
    assert [expected[one.pk] for one in after] == [one.start for one in after]


def test_the_table_for_editing_by_hand_hears_of_it(noon: Plan, clock: Clock) -> None:
    open_plan(plan=noon)
    assert kept_of(noon) is not None
    clock(timezone.now() + dt.timedelta(seconds=1))
    hour_late(on_its_way().fixed[-1])
    assert kept_of(noon) is None


def test_the_coordinator_sees_whom_it_makes_too_late_and_that_the_driver_says_so(noon: Plan) -> None:
    begun = on_its_way()
    stop = begun.fixed[-1]
    quiet = {one.code for one in late_vehicles(noon)}
    expected_at = stop.start + 4 * HOUR
    handover.say_late(stop=stop, expected_at=expected_at, actor=system_user())
    found = {one.code: one for one in late_vehicles(noon)}
    one = found[begun.route.vehicle.code]
    assert begun.route.vehicle.code not in quiet
    assert (one.minutes, one.next, one.said) == (240, stop.site.name, expected_at)
    assert one.places
    assert StopProgress.objects.said().count() == 1
