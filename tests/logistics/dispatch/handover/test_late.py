"""A driver who is late says when the next stop will be reached: everything after it moves, and it goes away by itself.

Stops of the day begin at 9 (depot), 10 (shop), 11 and 12 (partners), 13 (venue), 14 (visit) and 15 o'clock (depot), without waiting.
"""

from __future__ import annotations

import datetime as dt

import pytest

from foodbank.core.dates import at
from foodbank.core.errors import Refusal
from logistics.dispatch.models import (
    Delivery,
    FailReason,
    Plan,
    PlanStatus,
    RouteProgress,
    Step,
    Stop,
    StopProgress,
    StopState,
)
from logistics.dispatch.selectors.drivers_word import DriversWord, drivers_word
from logistics.dispatch.selectors.expected import expected_starts
from logistics.dispatch.services import handover
from logistics.dispatch.services.handover import say_late, say_on_time
from tests.factories.driving import Drive, an_offer, an_order
from tests.factories.under_way import Clock
from tests.logistics.dispatch.handover.conftest import FullDay

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, full: FullDay) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def away(full: FullDay, clock: Clock) -> FullDay:
    """The vehicle left at 9:10 and is on its way to the shop; it is 9:50."""
    full.set_out(clock)
    return full


def say(day: FullDay, text: str, at_stop: int = 1) -> StopProgress:
    return say_late(stop=day.drive.stops[at_stop], expected_at=day.hour(text), actor=day.drive.actor)


def delays() -> list[int]:
    """Minutes by which both partners are expected later than planned."""
    rows = Delivery.objects.select_related("stop").order_by("pk")
    return [round((row.eta - row.stop.start).total_seconds() / 60) for row in rows]


def word_of(day: FullDay) -> DriversWord | None:
    stops = list(Stop.objects.filter(route=day.drive.route).select_related("progress", "site").order_by("sequence"))
    left = RouteProgress.objects.filter(departed_at__isnull=False).exists()
    return drivers_word(stops, [], departed=left)


def everything() -> list[object]:
    rows = [list(model.objects.order_by("pk").values()) for model in (StopProgress, RouteProgress, Delivery, Plan)]
    return [*rows, Step.objects.count()]


def test_what_the_driver_says_moves_what_partners_see_and_is_no_step(away: FullDay) -> None:
    steps = Step.objects.count()
    progress = say(away, "10:25")
    assert (progress.state, progress.said, progress.actor) == (StopState.PLANNED, away.hour("10:25"), away.drive.actor)
    assert delays() == [25, 25]
    assert Step.objects.count() == steps
    assert handover.last_batch(away.drive.route)[-1].stop == away.drive.stops[0]  # what can be taken back is what it was


def test_another_time_replaces_the_first_also_an_earlier_one(away: FullDay) -> None:
    say(away, "11:00")
    say(away, "10:10")
    assert delays() == [10, 10]
    assert StopProgress.objects.filter(expected_at__isnull=False).count() == 1


def test_as_planned_after_all(away: FullDay) -> None:
    say(away, "11:00")
    say_on_time(stop=away.drive.stops[1], actor=away.drive.actor)
    assert delays() == [0, 0]
    assert word_of(away).said is None
    before = everything()
    say_on_time(stop=away.drive.stops[1], actor=away.drive.actor)  # once more changes nothing
    assert everything() == before


def test_it_goes_away_when_the_driver_is_there(away: FullDay, clock: Clock) -> None:
    say(away, "11:00")
    clock(away.hour("10:15"))
    progress = handover.arrive(stop=away.drive.stops[1], actor=away.drive.actor)
    assert (progress.arrived_at, progress.expected_at) == (away.hour("10:15"), None)
    assert delays() == [15, 15]


def test_a_stop_that_was_given_up_counts_from_then_and_what_was_said_holds_again_when_that_is_taken_back(
    away: FullDay, clock: Clock
) -> None:
    say(away, "11:00")
    clock(away.hour("10:30"))
    handover.fail_stop(stop=away.drive.stops[1], reason=FailReason.CLOSED, actor=away.drive.actor)
    assert delays() == [20, 20]  # given up at 10:30, 20 minutes after it was to be left
    batch = handover.last_batch(away.drive.route)[0].batch
    handover.take_back(route=away.drive.route, batch=batch, actor=away.drive.actor)
    assert delays() == [60, 60]


def test_a_time_that_is_over_stays_until_something_is_said(away: FullDay, clock: Clock) -> None:
    say(away, "10:20")
    clock(away.hour("10:40"))
    word = word_of(away)
    assert (word.said, word.otherwise) == (away.hour("10:20"), away.hour("10:00"))
    assert [time for time, _ in word.choices] == [away.hour(text) for text in ("10:50", "11:00", "11:10", "11:40")]
    assert [minutes for _, minutes in word.choices] == [50, 60, 70, 100]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("09:49", "dispatch.late_past"),
        ("09:50", "dispatch.late_not_later"),  # now is not over, but earlier than planned
        ("10:00", "dispatch.late_not_later"),  # as planned
        ("14:01", "dispatch.late_too_late"),  # four hours and a minute
    ],
)
def test_a_time_that_makes_no_sense_is_refused_and_nothing_changes(away: FullDay, text: str, code: str) -> None:
    say(away, "10:30")
    before = everything()
    with pytest.raises(Refusal) as refused:
        say(away, text)
    assert (refused.value.code, refused.value.status) == (code, 400)
    assert refused.value.text.ja
    assert refused.value.text.en
    assert everything() == before


@pytest.mark.parametrize("text", ["10:01", "14:00"])
def test_the_first_and_the_last_time_that_may_be_said(away: FullDay, text: str) -> None:
    assert say(away, text).said == away.hour(text)


def test_a_time_before_what_is_known_anyway_is_refused(away: FullDay, clock: Clock) -> None:
    """The shop is left at 10:40, half an hour late: the partner cannot be reached before 11:30."""
    handover.arrive(stop=away.drive.stops[1], actor=away.drive.actor)
    clock(away.hour("10:40"))
    handover.finish_stop(stop=away.drive.stops[1], rest_stays=True, actor=away.drive.actor)
    with pytest.raises(Refusal) as refused:
        say(away, "11:20", 2)
    assert refused.value.code == "dispatch.late_not_later"
    assert "11:30" in refused.value.text.ja
    say(away, "11:40", 2)
    assert delays() == [40, 40]


def test_only_of_the_next_stop(away: FullDay) -> None:
    before = everything()
    for number in (0, 2, 6):
        with pytest.raises(Refusal) as refused:
            say(away, "16:00", number)
        assert refused.value.code == ("dispatch.stop_closed" if number == 0 else "dispatch.not_next")
    assert everything() == before


def test_not_where_the_vehicle_is_already(away: FullDay) -> None:
    handover.arrive(stop=away.drive.stops[1], actor=away.drive.actor)
    assert word_of(away) is None
    before = everything()
    for press in (lambda: say(away, "10:30"), lambda: say_on_time(stop=away.drive.stops[1], actor=away.drive.actor)):
        with pytest.raises(Refusal) as refused:
            press()
        assert refused.value.code == "dispatch.arrived"
    assert everything() == before


@pytest.mark.parametrize("number", [0, 1])
def test_before_it_has_left_the_driver_is_told_what_to_do(full: FullDay, clock: Clock, number: int) -> None:
    clock(full.hour("09:50"))
    assert word_of(full) is None
    before = everything()
    with pytest.raises(Refusal) as refused:
        say(full, "11:30", number)
    assert refused.value.code == "dispatch.not_left"
    assert "出発する" in refused.value.text.ja
    assert everything() == before


def test_whoever_left_without_saying_so_at_the_depot_may_say_it_of_the_next_place(full: FullDay, clock: Clock) -> None:
    """The shop was called at, so the vehicle has left, although nobody has closed the depot."""
    clock(full.hour("10:00"))
    handover.collect(stop=full.drive.stops[1], offer=full.offer, quantity=15, actor=full.drive.actor)
    handover.finish_stop(stop=full.drive.stops[1], actor=full.drive.actor)
    assert word_of(full).stop == full.drive.stops[2]
    say(full, "11:30", 2)
    assert delays() == [30, 30]


def test_a_van_that_begins_elsewhere_has_no_depot_to_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    drive, offer, line = Drive(), an_offer(4), an_order()
    shop, partner = drive.stop(offer.donor.site), drive.stop(line.order.partner.site)
    drive.shop(4, shop, partner, offer=offer, order_line=line)
    drive.published()
    Clock(monkeypatch)(at(drive.day, dt.time(8, 40)))
    say_late(stop=shop, expected_at=at(drive.day, dt.time(9, 30)), actor=drive.actor)
    assert delays() == [30]
    assert not RouteProgress.objects.exists()  # when it left is not made up
    drive.plan.refresh_from_db()
    assert drive.plan.status == PlanStatus.STARTED


def test_a_route_that_is_back_and_plans_that_do_not_count(away: FullDay) -> None:
    stop = away.drive.stops[1]
    for state, code in ((PlanStatus.DRAFT, "dispatch.not_published"), (PlanStatus.REPLACED, "dispatch.replaced")):
        Plan.objects.update(status=state)
        with pytest.raises(Refusal) as refused:
            say(away, "10:30")
        assert refused.value.code == code
    Plan.objects.update(status=PlanStatus.STARTED)
    RouteProgress.objects.update(back_at=away.hour("09:30"))
    for press in (lambda: say(away, "10:30"), lambda: say_on_time(stop=stop, actor=away.drive.actor)):
        with pytest.raises(Refusal) as refused:
            press()
        assert refused.value.code == "dispatch.route_back"


def test_choices_are_round_and_never_past_four_hours(away: FullDay, clock: Clock) -> None:
    assert [(f"{time:%H:%M}", minutes) for time, minutes in word_of(away).choices] == [
        ("10:10", 10), ("10:20", 20), ("10:30", 30), ("11:00", 60),
    ]  # fmt: skip
    clock(away.hour("13:31"))  # from 13:35: 13:45, 13:55; 14:05 and 14:35 are more than four hours after 10:00
    assert [f"{time:%H:%M}" for time, _ in word_of(away).choices] == ["13:45", "13:55"]
    for time, _ in word_of(away).choices:
        say_late(stop=away.drive.stops[1], expected_at=time, actor=away.drive.actor)


def test_a_visit_that_opens_late_closes_on_time(away: FullDay, clock: Clock) -> None:
    """The kitchen car comes at 14:30 and stays until 15:00 all the same: the depot is expected as planned."""
    for number in (1, 2, 3, 4):
        handover.fail_stop(stop=away.drive.stops[number], reason=FailReason.CLOSED, actor=away.drive.actor)
    clock(away.hour("13:50"))
    say(away, "14:30", 5)
    stops = list(Stop.objects.filter(route=away.drive.route).select_related("progress").order_by("sequence"))
    expected = expected_starts(stops, [])
    assert (expected[stops[5].pk], expected[stops[6].pk]) == (away.hour("14:30"), away.hour("15:00"))
