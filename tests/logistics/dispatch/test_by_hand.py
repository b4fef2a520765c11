"""Editing a stored plan by hand: rows, undo, two people at once, drafts and locks, and the page."""

from __future__ import annotations

import pytest
from django.urls import reverse

from foodbank.accounts.models import Role
from foodbank.accounts.services.system import system_user
from foodbank.core.errors import Refusal
from foodbank.partners.models import Order, OrderStatus
from logistics.allocation.facts import HandLock
from logistics.dispatch.models import Plan, PlanEdit, PlanJob, PlanLock, Shipment
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.edit import ANYWHERE, Hold, Move, Swap, TakeOut
from logistics.dispatch.selectors.by_hand import State, locks_of
from logistics.dispatch.selectors.facts import day_facts
from logistics.dispatch.selectors.hand_page import StopItem, hand_page
from logistics.dispatch.services.by_hand import accept, edit_plan, open_plan, redo, undo
from logistics.dispatch.services.planning import make_plan
from logistics.dispatch.services.publishing import publish
from tests.factories import UserFactory
from tests.logistics.dispatch.conftest import DAY, draft_of_the_example

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(db) -> Plan:
    return draft_of_the_example(10)


def stops(state: State) -> list[tuple[str, StopItem]]:
    return [(lane.code, stop) for lane in hand_page(state).lanes for stop in lane.driven]


def delivered(state: State) -> tuple[str, StopItem]:
    """Somebody who gets an order, all of it in one go, and by which vehicle."""
    met = [part.target for _, stop in stops(state) for part in stop.parts if any(task.startswith("drop:") for task in part.tasks)]
    return next(
        (code, stop)
        for code, stop in stops(state)
        if stop.parts[0].kind == "order"
        and stop.tasks[0].startswith("drop:")
        and all(met.count(part.target) == 1 for part in stop.parts)
    )


def test_taking_out_is_undone_and_done_again(plan):
    state = open_plan(plan=plan)
    _, stop = delivered(state)
    out = TakeOut(tuple(task.partition(":")[2] for task in stop.tasks))
    after = edit_plan(plan=plan, edit=out, version=0, actor=system_user())
    assert after.judged.totals.served_g == state.judged.totals.served_g - stop.drop_off_g
    back = undo(plan=plan, version=after.version, actor=system_user())
    assert (back.version, back.judged) == (0, state.judged)
    again = redo(plan=plan, version=0, actor=system_user())
    assert (again.version, again.judged) == (after.version, after.judged)


def test_the_second_of_two_people_hears_what_the_first_did(plan):
    state = open_plan(plan=plan)
    (one, stop), two = delivered(state), state.kept.base.day.vans[-1].code
    edit_plan(plan=plan, edit=TakeOut((stop.parts[0].loads[0],)), version=0, actor=system_user())
    with pytest.raises(Refusal) as refused:
        edit_plan(plan=plan, edit=Swap(one, two), version=0, actor=system_user())
    assert (refused.value.code, refused.value.status) == ("dispatch.hand_changed", 409)
    assert f"{stop.name}を計画から外した" in refused.value.text.ja
    assert PlanEdit.objects.count() == 1


def test_editing_after_undo_forgets_what_was_undone(plan):
    state = open_plan(plan=plan)
    _, stop = delivered(state)
    first = edit_plan(plan=plan, edit=TakeOut((stop.parts[0].loads[0],)), version=0, actor=system_user())
    undo(plan=plan, version=first.version, actor=system_user())
    held = Hold((HandLock(stop.parts[0].target),))
    edit_plan(plan=plan, edit=held, version=0, actor=system_user())
    assert [row.kind for row in PlanEdit.objects.all()] == ["hold"]
    with pytest.raises(Refusal, match="やり直す"):
        redo(plan=plan, version=PlanEdit.objects.get().pk, actor=system_user())


def test_what_was_taken_out_becomes_a_draft_that_names_it(plan):
    state = open_plan(plan=plan)
    _, stop = delivered(state)
    part = stop.parts[0]
    edit_plan(plan=plan, edit=TakeOut(part.loads), version=0, actor=system_user())
    draft = accept(plan=plan, version=PlanEdit.objects.get().pk, actor=system_user())
    assert draft.pk != plan.pk
    assert check_plan(day_facts(DAY), draft.document) == []
    assert not Shipment.objects.filter(plan=draft, order_line__order__ref=part.code).exists()
    before = set(plan.unserved.values_list("ref", "reason"))
    new = set(draft.unserved.filter(ref__startswith=f"{part.code}/").values_list("ref", "reason")) - before
    assert {reason for _, reason in new} == {"by_hand"}
    assert publish(plan=draft, actor=system_user()).status == "published"
    plan.refresh_from_db()
    assert plan.status == "draft"  # only what was live before is replaced


def test_what_breaks_a_rule_never_becomes_a_draft(plan):
    """A mobile visit on a van that is no kitchen car."""
    state = open_plan(plan=plan)
    _, visit = next((code, stop) for code, stop in stops(state) if stop.visit)
    van = next(v.code for v in state.kept.base.day.vans if v.kind != "kitchen_car")
    after = edit_plan(plan=plan, edit=Move(visit.tasks, van, ANYWHERE), version=0, actor=system_user())
    assert not after.judged.holds
    with pytest.raises(Refusal) as refused:
        accept(plan=plan, version=after.version, actor=system_user())
    assert refused.value.code == "dispatch.hand_breaks_rules"
    assert "この車両ではできない仕事です" in refused.value.text.ja
    assert Plan.objects.count() == 1


def test_a_lock_is_kept_when_the_day_is_planned_again_and_one_that_lost_its_order_is_marked(plan):
    state = open_plan(plan=plan)
    code, stop = delivered(state)
    other = next(s.parts[0] for _, s in stops(state) if s.parts[0].kind == "order" and s.code != stop.code)
    van = next(v.code for v in state.kept.base.day.vans if v.kind == "van" and v.code != code)
    moved = edit_plan(plan=plan, edit=Move(stop.tasks, van, ANYWHERE), version=0, actor=system_user())
    targets = [part.target for part in stop.parts]
    locks = (*(HandLock(target, van) for target in targets), HandLock(other.target))
    edit_plan(plan=plan, edit=Hold(locks), version=moved.version, actor=system_user())
    Order.objects.filter(ref=other.code).update(status=OrderStatus.CANCELLED)
    again = make_plan(day=DAY, actor=system_user(), work=10, locks_from=plan)
    assert {(row.target, row.lapsed) for row in PlanLock.objects.filter(plan=again)} == {
        *((target, "") for target in targets),
        (other.target, "gone"),
    }
    there = {
        s.drop_stop.route.vehicle.code for s in Shipment.objects.filter(plan=again, order_line__order__ref=stop.parts[0].code)
    }
    assert there == {van}
    assert {lock.target for lock in locks_of(again)} == set(targets)


@pytest.fixture
def staff(client, plan):
    client.force_login(UserFactory.create(roles=[Role.COORDINATOR]))
    return client


def test_the_page_works_without_the_script(staff, plan):
    address = reverse("dispatch:hand", args=[plan.pk])
    _, stop = delivered(open_plan(plan=plan))
    page = staff.get(address, {"stop": stop.id}).content.decode()
    assert stop.name in page
    assert 'name="place"' in page
    edit = reverse("dispatch:hand_edit", args=[plan.pk])
    parts = [part.target for part in stop.parts]
    answer = staff.post(edit, {"do": "take_out", "version": 0, "stop": stop.anchor, "part": parts})
    assert answer.status_code == 302
    assert f"{stop.name}を計画から外した" in staff.get(address).content.decode()
    stale = staff.post(edit, {"do": "undo", "version": 0}, follow=True)
    assert "ほかの人が先に直しました" in stale.content.decode()
    version = PlanEdit.objects.get().pk
    assert staff.post(reverse("dispatch:hand_accept", args=[plan.pk]), {"version": version}).status_code == 302
    assert Plan.objects.count() == 2


def test_with_the_script_a_refusal_comes_at_once_and_after_somebody_else_the_whole_page(staff, plan):
    edit, script = reverse("dispatch:hand_edit", args=[plan.pk]), {"HX-Request": "true"}
    answer = staff.post(edit, {"do": "undo", "version": 0}, headers=script)
    assert answer.status_code == 409
    assert "元に戻す手直しがありません。" in answer.content.decode()
    assert "HX-Retarget" not in answer.headers
    stale = staff.post(edit, {"do": "undo", "version": 7}, headers=script)
    assert (stale.status_code, stale.headers["HX-Retarget"]) == (409, "#hand")
    assert stale.content.decode().lstrip().startswith('<div id="hand"')
    for nonsense in ({}, {"version": "x"}, {"version": "0", "do": "??"}, {"version": "0", "do": "move", "place": "X|"}):
        assert staff.post(edit, nonsense, headers=script).status_code in (400, 409)


def test_what_was_taken_out_goes_back_in_with_one_press(staff, plan):
    edit, script = reverse("dispatch:hand_edit", args=[plan.pk]), {"HX-Request": "true"}
    before = open_plan(plan=plan)
    _, stop = delivered(before)
    part = stop.parts[0]
    staff.post(edit, {"do": "take_out", "version": 0, "stop": stop.anchor, "part": [part.target]}, headers=script)
    answer = staff.post(edit, {"do": "put_in", "version": PlanEdit.objects.get().pk, "aside": part.target}, headers=script)
    assert answer.status_code == 200
    assert open_plan(plan=plan).judged.totals.served_g == before.judged.totals.served_g


def test_planning_again_from_the_page_goes_on_with_the_locks(staff, plan):
    staff.post(reverse("dispatch:plan_start", args=[DAY]), {"seconds": 1, "locks_from": plan.pk})
    assert PlanJob.objects.get().locks_from == plan


# session, user, roles; plan; edits; locks, undone edits, locks that bind nobody: the day and its plan are kept between requests
QUERIES = 8


def test_an_edit_asks_the_database_as_often_on_any_day(staff, plan, django_assert_max_num_queries):
    staff.get(reverse("dispatch:hand", args=[plan.pk]))
    with django_assert_max_num_queries(QUERIES):
        staff.get(reverse("dispatch:hand", args=[plan.pk]))
    _, stop = delivered(open_plan(plan=plan))
    values = {"do": "take_out", "version": 0, "stop": stop.anchor, "part": [part.target for part in stop.parts]}
    with django_assert_max_num_queries(QUERIES + 8):  # savepoint and lock, edits again, what was undone goes, the new row
        staff.post(reverse("dispatch:hand_edit", args=[plan.pk]), values, headers={"HX-Request": "true"})
