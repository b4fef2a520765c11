"""A day as it comes: drivers load, collect, hand over and fail in any order while the coordinator calls off and plans again. After each
planning the books agree, nothing that has begun has changed its code, and no delivery is there twice."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from django.db.models import F, Sum

from foodbank.accounts.services.system import system_user
from foodbank.core.errors import Refusal
from foodbank.inventory.models import Balance, PlaceKind, Reservation, ReservationState
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.sites.models import SiteKind
from logistics.dispatch.models import (
    CallOffKind,
    Delivery,
    DeliveryState,
    FailReason,
    Plan,
    PlanStatus,
    Route,
    Shipment,
    ShipmentProgress,
    Stop,
    StopState,
)
from logistics.dispatch.selectors.call_offs import Target, effects_of
from logistics.dispatch.selectors.under_way import under_way
from logistics.dispatch.services.call_off import call_off
from logistics.dispatch.services.handover import collect, drop, fail_stop, finish_stop, load
from logistics.dispatch.services.planning import make_plan
from logistics.dispatch.services.publishing import publish
from logistics.dispatch.services.replanning import replan
from tests.logistics.dispatch.conftest import DAY

pytestmark = pytest.mark.django_db
STEPS, PLANNINGS = 12, 3


class AnyDay:
    """What may be done next, chosen by ``dice``; a refusal is an answer too."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.actor = system_user()
        self.done: list[str] = []

    @property
    def plan(self) -> Plan:
        return Plan.objects.get(day=DAY, status__in=(PlanStatus.PUBLISHED, PlanStatus.STARTED))

    def step(self) -> None:
        name = self.dice.choice(["load", "load", "collect", "drop", "drop", "finish", "fail", "shop_off", "vehicle_off"])
        if name == "vehicle_off" and "vehicle_off" in self.done:
            return
        try:
            getattr(self, name)()
        except Refusal as refusal:
            name = f"{name} ({refusal.code})"
        self.done.append(name)

    def _one(self, rows: list) -> object:
        return self.dice.choice(rows) if rows else None

    def load(self) -> None:
        shelf = ShipmentProgress.objects.filter(shipment__plan=self.plan, shipment__lot__isnull=False, called_off=False)
        for row in list(shelf.filter(loaded=0).select_related("shipment").order_by("pk"))[: self.dice.randint(1, 6)]:
            load(shipment=row.shipment, quantity=self.dice.randint(1, row.shipment.quantity), actor=self.actor)

    def collect(self) -> None:
        row = self._one(list(Shipment.objects.filter(plan=self.plan, offer__isnull=False, progress__loaded=0).order_by("pk")))
        if row is not None:
            given = self.dice.randint(0, row.quantity)
            collect(stop=row.pick_stop, offer=row.offer, quantity=given, actor=self.actor)

    def drop(self) -> None:
        aboard = F("progress__dropped") + F("progress__returned")
        row = self._one(list(Shipment.objects.filter(plan=self.plan, progress__loaded__gt=aboard).order_by("pk")))
        if row is not None:
            drop(shipment=row, actor=self.actor)

    def _stop(self) -> Stop | None:
        closed = (StopState.DONE, StopState.FAILED)
        rows = Stop.objects.filter(route__plan=self.plan, visit=None).exclude(progress__state__in=closed)
        return self._one(list(rows.exclude(site__kind=SiteKind.DEPOT).order_by("pk")))  # type: ignore[return-value]

    def finish(self) -> None:
        stop = self._stop()
        if stop is not None:
            finish_stop(stop=stop, rest_stays=True, actor=self.actor)

    def fail(self) -> None:
        stop = self._stop()
        if stop is not None:
            fail_stop(stop=stop, reason=FailReason.CLOSED, actor=self.actor)

    def shop_off(self) -> None:
        row = self._one(list(Shipment.objects.filter(plan=self.plan, offer__isnull=False, progress__loaded=0).order_by("pk")))
        if row is not None:
            self._off(Target(kind=CallOffKind.SHOP, site=row.pick_stop.site))

    def vehicle_off(self) -> None:
        route = self._one(list(Route.objects.filter(plan=self.plan).order_by("pk")))
        if route is not None:
            self._off(Target(kind=CallOffKind.VEHICLE, vehicle=route.vehicle))

    def _off(self, target: Target) -> None:
        call_off(day=DAY, target=target, reason="見本", actor=self.actor, seen=effects_of(DAY, target).seen())

    def replan(self, seed: int) -> None:
        """Planning raises when the independent check finds anything."""
        publish(plan=replan(day=DAY, actor=self.actor, work=2, seed=seed), actor=self.actor)


def books_agree() -> None:
    assert ledger_differences() == []
    held = Reservation.objects.filter(state=ReservationState.HELD).aggregate(n=Sum("quantity"))["n"] or 0
    assert held == sum(b.reserved for b in Balance.objects.inside())
    aboard = ShipmentProgress.objects.aggregate(n=Sum(F("loaded") - F("dropped") - F("returned")))["n"] or 0
    on_wheels = Balance.objects.filter(place__kind=PlaceKind.VEHICLE).aggregate(n=Sum("quantity"))["n"] or 0
    assert aboard == on_wheels


def nothing_twice(plan: Plan) -> None:
    open_ones = Delivery.objects.exclude(state__in=(DeliveryState.WITHDRAWN, DeliveryState.FAILED))
    assert set(open_ones.values_list("plan", flat=True)) <= {plan.pk}
    pairs = list(open_ones.values_list("stop", "order"))
    assert len(pairs) == len(set(pairs))
    kept = Reservation.objects.filter(state=ReservationState.HELD).values_list("pk", flat=True)
    waiting = ShipmentProgress.objects.filter(shipment__plan=plan, called_off=False, reservation__in=kept)
    assert waiting.count() == len(kept)  # nothing is kept for a plan that no longer stands


@pytest.mark.parametrize("seed", range(5))
def test_a_day_as_it_comes(example_day: dt.date, seed: int):
    day = AnyDay(random.Random(seed))
    publish(plan=make_plan(day=DAY, actor=day.actor, work=4, few_changes=True), actor=day.actor)
    for turn in range(PLANNINGS):
        for _ in range(STEPS):
            day.step()
        before = {
            one.route.pk: [(stop.pk, stop.code, stop.site_id, stop.start) for stop in one.fixed] for one in under_way(DAY).begun
        }
        delivered = set(Delivery.objects.filter(state=DeliveryState.DELIVERED).values_list("public_id", "delivered_at"))
        books_agree()
        day.replan(seed=100 * seed + turn)
        for pk, stops in before.items():
            now = Stop.objects.filter(route=pk).order_by("sequence").values_list("pk", "code", "site", "start")
            assert list(now)[: len(stops)] == stops
            assert Route.objects.get(pk=pk).plan == day.plan, day.done
        assert delivered <= set(Delivery.objects.filter(state=DeliveryState.DELIVERED).values_list("public_id", "delivered_at"))
        books_agree()
        nothing_twice(day.plan)
    assert len({name.partition(" ")[0] for name in day.done}) > 4, day.done
