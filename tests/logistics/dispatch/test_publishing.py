import pytest

from foodbank.accounts.services.system import system_user
from foodbank.core.errors import Refusal
from foodbank.inventory.models import Balance, Reservation, ReservationState
from foodbank.inventory.services.holds import hold_lot
from logistics.dispatch.models import PlanStatus, Shipment
from logistics.dispatch.services.handover import load
from logistics.dispatch.services.planning import make_plan
from logistics.dispatch.services.publishing import publish
from tests.logistics.dispatch.conftest import DAY, WORK, draft_of_the_example

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(db):
    return draft_of_the_example()


def reserved():
    return sum(b.reserved for b in Balance.objects.inside())


def test_publishing_reserves_exactly_what_the_plan_takes_from_the_shelf(plan):
    publish(plan=plan, actor=system_user())
    wanted = sum(s.quantity for s in Shipment.objects.filter(plan=plan, lot__isnull=False))
    assert wanted > 0
    assert reserved() == wanted
    assert {r.state for r in Reservation.objects.all()} == {ReservationState.HELD}


def test_publishing_twice_is_refused_and_reserves_once(plan):
    publish(plan=plan, actor=system_user())
    once = reserved()
    with pytest.raises(Refusal) as refused:
        publish(plan=plan, actor=system_user())
    assert refused.value.code == "dispatch.not_a_draft"
    assert reserved() == once


def test_a_new_plan_replaces_the_published_one_and_its_reservations(plan):
    publish(plan=plan, actor=system_user())
    second = make_plan(day=DAY, actor=system_user(), work=WORK, seed=2)
    publish(plan=second, actor=system_user())
    plan.refresh_from_db()
    assert plan.status == PlanStatus.REPLACED
    assert reserved() == sum(s.quantity for s in Shipment.objects.filter(plan=second, lot__isnull=False))


def test_a_plan_on_the_road_is_not_replaced_by_a_draft_that_does_not_know_of_it(plan):
    """Made before the vehicle was loaded, the draft would send somebody else with the same goods."""
    publish(plan=plan, actor=system_user())
    before = make_plan(day=DAY, actor=system_user(), work=WORK, seed=2)
    shipment = Shipment.objects.filter(plan=plan, lot__isnull=False).select_related("pick_stop__route__vehicle").first()
    load(shipment=shipment, actor=system_user())
    with pytest.raises(Refusal) as refused:
        publish(plan=before, actor=system_user())
    assert refused.value.code == "dispatch.began_since"
    assert shipment.pick_stop.route.vehicle.code in refused.value.text.ja
    before.refresh_from_db()
    plan.refresh_from_db()
    assert (before.status, plan.status) == (PlanStatus.DRAFT, PlanStatus.STARTED)


def test_a_lot_held_since_planning_stops_the_publishing_and_nothing_changes(plan):
    lot = Shipment.objects.filter(plan=plan, lot__isnull=False).first().lot
    hold_lot(lot=lot, reason="破損", actor=system_user())
    with pytest.raises(Refusal) as refused:
        publish(plan=plan, actor=system_user())
    assert refused.value.code == "inventory.held"
    plan.refresh_from_db()
    assert plan.status == PlanStatus.DRAFT
    assert reserved() == 0
