"""What one plan changes of another, worked out by hand."""

from __future__ import annotations

from typing import Any

from logistics.dispatch.planner.difference import Change, difference


def unit(code: str, gtin: str = "g1", n: int = 2, **to: str) -> dict[str, Any]:
    return {"unit": code, "gtin": gtin, "quantity": n, "grams": n * 500, "zone": "ambient", **to}


def stop(site: str, clock: str, pick: tuple = (), drop: tuple = ()) -> dict[str, Any]:
    return {"site": site, "start": f"2026-12-05T{clock}:00+09:00", "pick_up": list(pick), "drop_off": list(drop)}


def plan(*, distance_m: int = 1000, delivered_g: int = 1000, **routes: list) -> dict[str, Any]:
    return {
        "routes": [{"vehicle": code, "stops": stops} for code, stops in routes.items()],
        "summary": {"distance_m": distance_m, "delivered_g": delivered_g},
    }


DEPOT = stop("W01", "09:00", pick=(unit("u1"), unit("u2")))


def test_the_same_plan_changes_nothing():
    one = plan(VAN1=[DEPOT, stop("P001", "10:00", drop=(unit("u1", order_ref="O1"),))])
    assert difference(one, one).nothing


def test_five_minutes_are_the_same_to_everybody_and_six_are_not():
    before = plan(VAN1=[DEPOT, stop("P001", "10:00", drop=(unit("u1", order_ref="O1"),))])
    for clock, changed in (("10:05", False), ("10:06", True), ("09:54", True)):
        after = plan(VAN1=[DEPOT, stop("P001", clock, drop=(unit("u1", order_ref="O1"),))])
        found = difference(before, after)
        assert found.nothing is not changed
        assert [c.changes for c in found.vehicles.get("VAN1", ())] == ([(Change.TIME,)] if changed else [])
        assert [r.other_time for r in found.receivers] == ([True] if changed else [])


def test_a_stop_that_goes_to_another_vehicle_is_told_to_both():
    drop = (unit("u1", order_ref="O1"),)
    before = plan(VAN1=[DEPOT, stop("P001", "10:00", drop=drop)], VAN2=[stop("W01", "09:00")])
    after = plan(VAN1=[DEPOT], VAN2=[stop("W01", "09:00"), stop("P001", "11:30", drop=drop)])
    found = difference(before, after)
    (gone,), (new,) = found.vehicles["VAN1"], found.vehicles["VAN2"]
    assert (gone.changes, gone.other, gone.less) == ((Change.REMOVED,), "VAN2", (("g1", 2),))
    assert (new.changes, new.other, new.more) == ((Change.ADDED,), "VAN1", (("g1", 2),))
    (receiver,) = found.receivers
    assert (receiver.ref, receiver.was.vehicles, receiver.now.vehicles) == ("O1", ("VAN1",), ("VAN2",))
    assert (f"{receiver.was.start:%H:%M}", f"{receiver.now.start:%H:%M}") == ("10:00", "11:30")


def test_only_the_stop_that_was_moved_has_changed_its_place():
    """A B C D became B C D A: A was moved, the others keep their order."""
    names = ["P001", "P002", "P003", "P004"]
    before = plan(VAN1=[stop(site, f"1{i}:00") for i, site in enumerate(names)])
    after = plan(VAN1=[stop(site, f"1{i}:00") for i, site in enumerate([*names[1:], names[0]])])
    ordered = [c.site for c in difference(before, after).vehicles["VAN1"] if Change.ORDER in c.changes]
    assert ordered == ["P001"]


def test_other_goods_at_the_same_stop():
    before = plan(
        VAN1=[DEPOT, stop("P001", "10:00", drop=(unit("u1", "g1", 2, order_ref="O1"), unit("u2", "g2", 4, order_ref="O1")))]
    )
    after = plan(VAN1=[DEPOT, stop("P001", "10:00", drop=(unit("u1", "g1", 3, order_ref="O1"),))])
    (change,) = difference(before, after).vehicles["VAN1"]
    assert (change.changes, change.more, change.less) == ((Change.GOODS,), (("g1", 1),), (("g2", 4),))
    (receiver,) = difference(before, after).receivers
    assert (receiver.was.grams, receiver.now.grams, receiver.other_time) == (3000, 1500, False)


def test_a_place_driven_to_twice_is_paired_by_what_is_done_there():
    shop = [stop("D001", "10:00", pick=(unit("u1"),)), stop("P001", "11:00"), stop("D001", "14:00", pick=(unit("u2"),))]
    found = difference(plan(VAN1=shop), plan(VAN1=shop[1:]))
    (gone,) = found.vehicles["VAN1"]
    assert (gone.changes, f"{gone.was:%H:%M}") == ((Change.REMOVED,), "10:00")


def test_an_order_that_no_longer_comes():
    before = plan(VAN1=[DEPOT, stop("P001", "10:00", drop=(unit("u1", order_ref="O1"),))], delivered_g=1000)
    found = difference(before, plan(VAN1=[DEPOT], delivered_g=0, distance_m=400))
    (receiver,) = found.receivers
    assert (receiver.now, found.delivered_g, found.distance_m) == (None, -1000, -600)
