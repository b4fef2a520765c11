"""Changes and their short forms, there and back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foodbank.core.errors import Refusal, Text
from logistics.allocation.facts import Day
from logistics.dispatch.planner.change_codes import DAY_S, Known, change_of, changed
from logistics.dispatch.planner.changes import (
    Agreed,
    Elsewhere,
    LessWanted,
    MoreRoom,
    MoreStock,
    MoreStops,
    OneMore,
    OrderHours,
    Permitted,
    ShiftHours,
    ShopHours,
    VisitHours,
)
from logistics.dispatch.planner.fixes import Options
from logistics.dispatch.planner.mishaps import CalledOff, MoreWanted, OutBecause, VehicleOut
from logistics.dispatch.planner.shortages import example_of
from logistics.solver.problem import ZONES
from tests.factories.days import day, line, offer, pickup_day, place, shelf, span, van, visit


def known() -> Known:
    lines = [line("O1/rice", "P1", 5), line("O1/snack", "P1", 2), line("A|B/rice", "P2", 3, blocked="no_agreement")]
    facts = day(
        places={"P1": 5, "P2": 3, "D1": 2, "M1": 4, "V1": 1},
        goods=[shelf("A", 9), offer("B", "D1", 5, category="snack")],
        lines=lines,
        sites=[visit("M1", 3, "13:00-15:00"), pickup_day("V1", 5, "10:00-12:00")],
        vans=[van(max_stops=5), van("CAR1", kind="kitchen_car")],
    )
    idle = van("CAR2", kind="kitchen_car")
    return Known(
        facts,
        Options((idle,), {"O1": (place("P2", 3),), "visit/M1": (place("M9", 6),)}),
        {"rice": Text("米", "Rice"), "snack": Text("菓子", "Snacks")},
    )


KNOWN = known()
DEMANDS = [d.key for d in KNOWN.day.demands]
VANS = [v.code for v in KNOWN.day.vans]


def moves(window: str) -> st.SearchStrategy[tuple[int, int]]:
    """Seconds earlier and later that leave something of the window, inside the day."""
    begin, end = span(window)
    spans = st.tuples(st.integers(0, DAY_S - 1), st.integers(0, DAY_S - 1)).map(sorted)
    return spans.filter(lambda s: s != [begin, end]).map(lambda s: (begin - s[0], s[1] - end))


def more(day_: Day, key: str, units: int) -> MoreStock:
    demand = next(d for d in day_.demands if d.key == key)
    words = {"rice": Text("米", "Rice"), "snack": Text("菓子", "Snacks"), None: Text("食品", "food")}
    return MoreStock(example_of(day_, demand), units, words[getattr(demand, "category", None)])


spans = st.tuples(st.integers(0, DAY_S - 2), st.integers(1, DAY_S - 1)).filter(lambda s: s[0] < s[1])
grams = st.integers(1, 10**8)
CHANGES = st.one_of(
    st.builds(lambda m: OrderHours("O1", *m), moves("10:00-12:00")),
    st.builds(lambda m: OrderHours("A|B", *m), moves("10:00-12:00")),
    st.builds(lambda m: ShopHours("D1", span("09:00-12:00"), *m), moves("09:00-12:00")),
    st.builds(VisitHours, st.just("visit/M1"), st.integers(-13 * 3600, 8 * 3600).filter(bool)),
    st.builds(lambda v, m: ShiftHours(v, *m), st.sampled_from(VANS), moves("08:30-18:00")),
    st.builds(MoreRoom, st.sampled_from(VANS), st.sampled_from(ZONES), grams),
    st.builds(MoreStops, st.just("VAN1"), st.integers(1, 195)),
    st.builds(LessWanted, st.sampled_from(DEMANDS), grams),
    st.builds(MoreWanted, st.sampled_from(DEMANDS), grams),
    st.builds(lambda s: OneMore(KNOWN.options.idle[0], *s, idle=True), spans),
    st.builds(lambda v, s: OneMore(v, *s), st.sampled_from(KNOWN.day.vans), spans),
    st.sampled_from([Elsewhere(k, p) for k, places in KNOWN.options.elsewhere.items() for p in places]),
    st.just(Agreed("P2")),
    st.just(Permitted("CAR1", "M1")),
    st.builds(lambda k, n: more(KNOWN.day, k, n), st.sampled_from(DEMANDS), st.integers(1, 10**6)),
    st.builds(VehicleOut, st.sampled_from(VANS), st.sampled_from(OutBecause)),
    st.sampled_from([CalledOff(t) for t in ("O1", "A|B", "visit/M1", "pickup/V1", "shop/D1")]),
)


@given(CHANGES)
@settings(max_examples=100)
def test_a_change_comes_back_from_its_code_and_has_words_in_both_languages(change):
    assert change_of(change.code, KNOWN) == change
    words = change.words(KNOWN.day)
    assert words.ja
    assert words.en.startswith("if ")
    assert change.apply(KNOWN.day) != KNOWN.day


@given(
    st.one_of(
        st.text(max_size=30),
        CHANGES.map(lambda c: c.code),
        st.builds("{}|{}".format, CHANGES.map(lambda c: c.code), st.text(max_size=3)),
    )
)
@settings(max_examples=100)
def test_whatever_is_sent_is_a_change_with_that_code_or_refused(code):
    try:
        assert change_of(code, KNOWN).code == code
    except Refusal as refusal:
        assert refusal.code in ("dispatch.change_unreadable", "dispatch.change_gone")
        assert refusal.text.ja != refusal.text.en


@pytest.mark.parametrize(
    "code",
    [
        "",
        "order",
        "order|O1|0|0",  # no change
        "order|O1|0|43200",  # 12:00 and twelve hours are the next day
        "order|O1|-7201|0",  # begins after it ends
        "order|O1|0|+5",
        "order|O1|0|٣",
        "order|O1|0|05",
        "order|O1|0|1.5",
        "visit|visit/M1|99999999999999999999",
        "room|VAN1|hot|1000",
        "room|VAN1|frozen|0",
        "stops|VAN1|0",
        "stops|VAN1|196",  # 201 in all
        "stops|CAR1|1",  # no limit, so nothing to raise
        "more|CAR2|50400|50400",
        "out|VAN1|bored",
        "stock|O1/rice|0",
        "x" * 300,
    ],
)
def test_what_is_no_change_is_refused_with_the_way_out(code):
    with pytest.raises(Refusal) as refused:
        change_of(code, KNOWN)
    assert (refused.value.code, refused.value.status) == ("dispatch.change_unreadable", 422)
    assert "選んで" in refused.value.text.ja
    assert "Choose it again" in refused.value.text.en


@pytest.mark.parametrize(
    ("code", "subject"),
    [
        ("order|O9|0|600", "O9"),
        ("shop|D1|1|2|0|600", "D1"),
        ("visit|visit/M7|600", "visit/M7"),
        ("shift|VAN9|0|900", "VAN9"),
        ("wants|O1/eggs|1000", "O1/eggs"),
        ("elsewhere|O1|P7", "P7"),
        ("agreed|P1", "P1"),
        ("permit|CAR1|P1", "P1"),
        ("out|CAR2|broken", "CAR2"),
        ("off|shop/D7", "D7"),
    ],
)
def test_what_is_not_on_the_day_is_named(code, subject):
    with pytest.raises(Refusal) as refused:
        change_of(code, KNOWN)
    assert refused.value.code == "dispatch.change_gone"
    assert refused.value.params == {"subject": subject}
    assert f"「{subject}」" in refused.value.text.ja


def test_changes_are_made_one_after_the_other():
    later, out = ShiftHours("VAN1", later_s=900), VehicleOut("CAR1", OutBecause.BROKEN)
    after, made = changed(KNOWN, [later.code, later.code.replace("900", "1800"), out.code])
    assert [v.code for v in after.vans] == ["VAN1"]
    assert after.vans[0].shift == span("08:30-18:45")
    assert "18:15" in made[0][1].ja
    assert "18:45" in made[1][1].ja
    with pytest.raises(Refusal, match="CAR1"):
        changed(KNOWN, [out.code, ShiftHours("CAR1", later_s=900).code])


def test_a_narrower_window_says_from_when_to_when():
    assert OrderHours("O1", -1800, 600).words(KNOWN.day).ja == "P1が10:30–12:10に受け取れれば"
    assert ShiftHours("VAN1", 0, -3600).words(KNOWN.day).ja == "VAN1の勤務が8:30–17:00になれば"


def test_an_order_taken_elsewhere_keeps_to_the_hours_there():
    there = replace(place("P2", 3), opens_s=span("11:00-11:30")[0], closes_s=span("11:00-11:30")[1])
    moved = Elsewhere("O1", there).apply(KNOWN.day)
    assert {(x.site, x.window) for x in moved.lines if x.order == "O1"} == {("P2", span("11:00-11:30"))}
    shut = replace(there, opens_s=span("13:00-14:00")[0], closes_s=span("13:00-14:00")[1])
    assert {x.blocked for x in Elsewhere("O1", shut).apply(KNOWN.day).lines if x.order == "O1"} == {"closed"}
