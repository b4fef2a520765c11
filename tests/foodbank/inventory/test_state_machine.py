"""A warehouse day in random order. A small model in plain Python says after each step what must be where; the tables have to agree,
gram by gram, and what the model would refuse must be refused and change nothing.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from foodbank.catalog.models import Zone
from foodbank.core.dates import DateMark, today
from foodbank.core.errors import Refusal
from foodbank.inventory.models import (
    Balance,
    Lot,
    Movement,
    Place,
    PlaceKind,
    Reason,
    Reservation,
    ReservationPurpose,
    ReservationState,
)
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.inventory.services.discard import discard
from foodbank.inventory.services.holds import hold_lot, unhold_lot
from foodbank.inventory.services.ledger import correct, post
from foodbank.inventory.services.places import ensure_counterpart, ensure_split_place
from foodbank.inventory.services.reservations import expire_due, post_reservation, reserve, void
from foodbank.inventory.services.splits import split_lot
from foodbank.inventory.services.stocktake import count
from tests.factories import ItemFactory, LotFactory, PlaceFactory, SiteFactory, UserFactory

pytestmark = pytest.mark.django_db

COLD = {"ambient": 0, "chilled": 1, "frozen": 2, "": 3}
UNITS = st.integers(min_value=1, max_value=12)
PICK = st.integers(min_value=0, max_value=1_000)


class Warehouse(RuleBasedStateMachine):
    """``units`` and ``kept`` are the model: (place, lot) → units there, units reserved."""

    def __init__(self) -> None:
        super().__init__()
        self._atomic = transaction.atomic()
        self._atomic.__enter__()
        self.actor = UserFactory.create()
        self.item = ItemFactory.create()
        self.site = SiteFactory.create()
        make = PlaceFactory.create
        self.shelves = [make(), make(), make(zone=Zone.FROZEN), make(zone=Zone.AMBIENT)]
        self.spare = make(zone=Zone.FROZEN)
        self.vans = [make(kind=PlaceKind.VEHICLE), make(kind=PlaceKind.VEHICLE, zone=Zone.FROZEN)]
        self.supply = ensure_counterpart(kind=PlaceKind.SUPPLY, actor=self.actor)
        self.recipient = ensure_counterpart(kind=PlaceKind.RECIPIENT, actor=self.actor)
        self.bin = ensure_counterpart(kind=PlaceKind.DISCARD, actor=self.actor)
        self.adjustment = ensure_counterpart(kind=PlaceKind.ADJUSTMENT, actor=self.actor)
        self.between = ensure_split_place(actor=self.actor)
        self.lots: list[Lot] = []
        self.held: set[int] = set()
        self.units: Counter[tuple[int, int]] = Counter()
        self.kept: Counter[tuple[int, int]] = Counter()
        self.reservations: list[dict[str, Any]] = []
        self.rows: list[Movement] = []
        self.net: dict[int, int] = {}
        self.last_repeatable: dict[str, Any] | None = None
        # A few shelves are full when the day begins, so that most steps find something to do.
        for shelf, days, mark, weight in (
            (0, 5, DateMark.BEST_BEFORE, 1030),
            (1, 5, DateMark.USE_BY, 340),
            (0, -1, DateMark.NONE, 1),
            (2, 0, DateMark.USE_BY, 200),
            (0, -1, DateMark.BEST_BEFORE, 500),
            (1, -1, DateMark.USE_BY, 500),
        ):
            self.bring_in(12, self.shelves[shelf], days, mark, weight)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._atomic.__exit__(None, None, None)

    # -- the model's own opinion -------------------------------------------------------------------------------------------------

    def may_leave(self, lot: Lot) -> str | None:
        if lot.pk in self.held:
            return "inventory.held"
        if lot.date_mark == DateMark.NONE or lot.last_day is None or lot.last_day >= today():
            return None
        return "inventory.expired_use_by" if lot.date_mark == DateMark.USE_BY else "inventory.past_best_before"

    def objection(self, lot: Lot, source: Place, target: Place, quantity: int) -> str | None:
        """The code that an ordinary movement has to be refused with."""
        if target.inside and COLD[target.zone] < max(COLD[lot.zone], COLD[source.zone] if source.zone else 0):
            return "inventory.warmer_zone"
        to_leave = target == self.recipient or (target in self.vans and source not in (self.recipient, self.adjustment))
        if to_leave and self.may_leave(lot):
            return self.may_leave(lot)
        return self.shortage(lot, source, quantity)

    def shortage(self, lot: Lot, source: Place, quantity: int) -> str | None:
        key = (source.pk, lot.pk)
        if not source.inside or self.units[key] - self.kept[key] >= quantity:
            return None
        return "inventory.reserved" if self.units[key] >= quantity else "inventory.not_enough_stock"

    def moved(self, lot: Lot, source: Place, target: Place, quantity: int) -> None:
        self.units[source.pk, lot.pk] -= quantity
        self.units[target.pk, lot.pk] += quantity

    def attempt(self, expected: str | None, action: Any) -> Any:
        """Do it; refused exactly when the model says so, with that code, and then nothing has changed."""
        before = self.fingerprint()
        try:
            done = action()
        except Refusal as refusal:
            assert refusal.code == expected, f"refused as {refusal.code}, the model says {expected}"
            assert self.fingerprint() == before
            return None
        assert expected is None, f"went through, the model says {expected}"
        return done

    def fingerprint(self) -> tuple[Any, ...]:
        return (
            Movement.objects.count(),
            Lot.objects.count(),
            sorted(b for b in Balance.objects.values_list("place_id", "lot_id", "quantity", "grams", "reserved") if any(b[2:])),
            sorted(Reservation.objects.values_list("pk", "quantity", "state")),
        )

    def posted(self, row: Movement) -> None:
        self.rows.append(row)
        self.net[row.pk] = row.quantity

    def lot(self, pick: int) -> Lot:
        return self.lots[pick % len(self.lots)]

    def stocked(self, pick: int) -> tuple[Lot, Place]:
        """Some lot at a place of ours where the books say it is, else anywhere: most steps should have something to do."""
        there = [
            (lot, place) for lot in self.lots for place in self.shelves + self.vans if self.units[place.pk, lot.pk] > 0
        ]  # in the order in which they were made: keys differ from run to run
        if not there or pick % 10 == 0:
            return self.lot(pick), [*self.shelves, *self.vans][pick % 6]
        return there[pick % len(there)]

    # -- what happens ------------------------------------------------------------------------------------------------------------

    @rule(
        quantity=UNITS,
        shelf=st.integers(0, 3),
        days=st.sampled_from([-1, 0, 5]),
        mark=st.sampled_from(list(DateMark)),
        weight=st.sampled_from([1, 340, 1030]),
    )
    def receive(self, quantity: int, shelf: int, days: int, mark: DateMark, weight: int) -> None:
        self.bring_in(quantity, self.shelves[shelf], days, mark, weight)

    def bring_in(self, quantity: int, place: Place, days: int, mark: DateMark, weight: int) -> None:
        lot = LotFactory.create(
            item=self.item,
            donor_site=self.site,
            unit_weight_g=weight,
            date_mark=mark,
            last_day=today() + dt.timedelta(days=days),
        )
        self.lots.append(lot)
        row = self.attempt(
            self.objection(lot, self.supply, place, quantity),
            lambda: post(lot=lot, source=self.supply, target=place, quantity=quantity, reason=Reason.RECEIVE, actor=self.actor),
        )
        if row:
            self.moved(lot, self.supply, place, quantity)
            self.posted(row)

    @precondition(lambda self: self.lots)
    @rule(pick=PICK, where=st.integers(0, 6), quantity=UNITS, with_id=st.booleans())
    def move_load_or_hand_over(self, pick: int, where: int, quantity: int, with_id: bool) -> None:
        lot, source = self.stocked(pick)
        target = [*self.shelves, *self.vans, self.recipient][where]
        if target == source:
            return
        reason = Reason.HAND_OVER if target == self.recipient else Reason.MOVE
        what = {"lot": lot, "source": source, "target": target, "quantity": quantity, "reason": reason}
        if with_id:
            what["client_id"] = uuid.uuid4()
        row = self.attempt(self.objection(lot, source, target, quantity), lambda: post(**what, actor=self.actor))
        if row:
            self.moved(lot, source, target, quantity)
            self.posted(row)
            if with_id:
                self.last_repeatable = {**what, "row": row.pk}

    @precondition(lambda self: self.last_repeatable)
    @rule()
    def send_again(self) -> None:
        what = dict(self.last_repeatable or {})
        first = what.pop("row")
        before = self.fingerprint()
        assert post(**what, actor=self.actor).pk == first
        assert self.fingerprint() == before
        with pytest.raises(Refusal) as refused:
            post(**{**what, "quantity": what["quantity"] + 1}, actor=self.actor)
        assert (refused.value.code, refused.value.status) == ("inventory.client_id_reused", 422)
        assert self.fingerprint() == before

    @precondition(lambda self: self.lots)
    @rule(pick=PICK, quantity=UNITS)
    def bring_back(self, pick: int, quantity: int) -> None:
        lot, van = self.lot(pick), self.vans[pick % 2]
        there = self.units[self.recipient.pk, lot.pk]
        if there <= 0:
            return
        quantity = min(quantity, there)
        row = self.attempt(
            self.objection(lot, self.recipient, van, quantity),
            lambda: post(lot=lot, source=self.recipient, target=van, quantity=quantity, reason=Reason.RETURNED, actor=self.actor),
        )
        if row:
            self.moved(lot, self.recipient, van, quantity)
            self.posted(row)

    @precondition(lambda self: self.lots)
    @rule(pick=PICK, quantity=UNITS, due=st.booleans())
    def reserve_some(self, pick: int, quantity: int, due: bool) -> None:
        lot, place = self.stocked(pick)
        expires_at = timezone.now() + dt.timedelta(minutes=-1 if due else 60)
        row = self.attempt(
            self.may_leave(lot) or self.shortage(lot, place, quantity),
            lambda: reserve(
                lot=lot,
                place=place,
                quantity=quantity,
                purpose=ReservationPurpose.OTHER,
                ref="見本",
                expires_at=expires_at,
                actor=self.actor,
            ),
        )
        if row:
            self.kept[place.pk, lot.pk] += quantity
            self.reservations.append({"row": row, "lot": lot, "place": place, "quantity": quantity, "due": due})

    @precondition(lambda self: self.reservations)
    @rule(pick=PICK, quantity=UNITS)
    def pick_reserved(self, pick: int, quantity: int) -> None:
        kept = self.reservations[pick % len(self.reservations)]
        lot, place = kept["lot"], kept["place"]
        if kept["quantity"] == 0 or kept["due"]:
            expected = "inventory.reservation_closed"
        elif quantity > kept["quantity"]:
            expected = "inventory.reservation_exceeded"
        else:
            expected = self.may_leave(lot)
        row = self.attempt(
            expected,
            lambda: post_reservation(
                reservation=kept["row"],
                target=self.recipient,
                reason=Reason.HAND_OVER,
                quantity=quantity,
                actor=self.actor,
            ),
        )
        if row:
            self.kept[place.pk, lot.pk] -= quantity
            kept["quantity"] -= quantity
            self.moved(lot, place, self.recipient, quantity)
            self.posted(row)

    @precondition(lambda self: any(kept["quantity"] for kept in self.reservations))
    @rule(pick=PICK)
    def grab_what_others_reserved(self, pick: int) -> None:
        alive = [kept for kept in self.reservations if kept["quantity"]]
        lot, place = alive[pick % len(alive)]["lot"], alive[pick % len(alive)]["place"]
        target = self.spare
        free = self.units[place.pk, lot.pk] - self.kept[place.pk, lot.pk]
        self.attempt(
            self.objection(lot, place, target, free + 1),
            lambda: post(lot=lot, source=place, target=target, quantity=free + 1, reason=Reason.MOVE, actor=self.actor),
        )

    @precondition(lambda self: self.reservations)
    @rule(pick=PICK)
    def void_one(self, pick: int) -> None:
        kept = self.reservations[pick % len(self.reservations)]
        assert void(reservations=[kept["row"]], actor=self.actor) == (1 if kept["quantity"] else 0)
        self.kept[kept["place"].pk, kept["lot"].pk] -= kept["quantity"]
        kept["quantity"] = 0

    @rule()
    def expire(self) -> None:
        due = [kept for kept in self.reservations if kept["due"] and kept["quantity"]]
        assert expire_due(now=timezone.now(), actor=self.actor) == len(due)
        assert expire_due(now=timezone.now(), actor=self.actor) == 0
        for kept in due:
            self.kept[kept["place"].pk, kept["lot"].pk] -= kept["quantity"]
            kept["quantity"] = 0

    def gave_way(self, lot: Lot, place: Place, units: int) -> None:
        """The newest reservations lose first."""
        for kept in reversed(self.reservations):
            if kept["lot"] == lot and kept["place"] == place and units > 0:
                given = min(units, kept["quantity"])
                kept["quantity"] -= given
                self.kept[place.pk, lot.pk] -= given
                units -= given

    @precondition(lambda self: self.lots)
    @rule(pick=PICK, quantity=UNITS)
    def throw_away(self, pick: int, quantity: int) -> None:
        lot, place = self.stocked(pick)
        key = (place.pk, lot.pk)
        row = self.attempt(
            None if self.units[key] >= quantity else "inventory.not_enough_stock",
            lambda: discard(lot=lot, place=place, quantity=quantity, reason=Reason.DISCARD_DAMAGED, actor=self.actor),
        )
        if row:
            self.gave_way(lot, place, quantity - (self.units[key] - self.kept[key]))
            self.moved(lot, place, self.bin, quantity)
            self.posted(row)

    @precondition(lambda self: self.lots)
    @rule(pick=PICK, counted=st.integers(0, 15))
    def count_a_shelf(self, pick: int, counted: int) -> None:
        lot, place = self.stocked(pick)
        there = self.units[place.pk, lot.pk]
        expected = self.objection(lot, self.adjustment, place, 0) if counted > there else None
        found = self.attempt(expected, lambda: count(lot=lot, place=place, counted=counted, actor=self.actor))
        if found is None:
            return
        assert found.before == there
        assert (found.movement is None) == (counted == there)
        self.gave_way(lot, place, self.kept[place.pk, lot.pk] - counted)
        self.moved(lot, self.adjustment, place, counted - there)
        if found.movement:
            self.posted(found.movement)

    @precondition(lambda self: self.lots)
    @rule(pick=PICK, quantity=UNITS)
    def split(self, pick: int, quantity: int) -> None:
        lot, place = self.stocked(pick)
        expected = (
            "inventory.held"
            if lot.pk in self.held
            else self.objection(lot, self.adjustment, place, 0) or self.shortage(lot, place, quantity)
        )
        child = self.attempt(expected, lambda: split_lot(lot=lot, place=place, quantity=quantity, actor=self.actor))
        if child:
            self.lots.append(child)
            self.moved(lot, place, self.between, quantity)
            self.moved(child, self.between, place, quantity)

    @precondition(lambda self: self.rows)
    @rule(pick=PICK, quantity=st.integers(0, 15))
    def correct_a_row(self, pick: int, quantity: int) -> None:
        row = self.rows[pick % len(self.rows)]
        difference = quantity - self.net[row.pk]
        lot, source, target = row.lot, row.source, row.target
        if difference == 0:
            expected: str | None = "inventory.nothing_to_correct"
        elif difference > 0:
            expected = self.objection(lot, source, target, difference)
        else:
            expected = self.shortage(lot, target, -difference)
        made = self.attempt(expected, lambda: correct(movement=row, quantity=quantity, note="数え間違い", actor=self.actor))
        if made:
            self.net[row.pk] = quantity
            self.moved(lot, source, target, difference)

    @precondition(lambda self: self.lots)
    @rule(pick=PICK)
    def hold(self, pick: int) -> None:
        lot = self.lot(pick)
        if pick % 3 or len(self.held) > 2:
            return  # a warehouse where everything is on hold shows nothing
        hold_lot(lot=lot, reason="確認中", actor=self.actor)
        frozen = {lot.pk}
        for one in self.lots:  # a child is always made after its parent
            if one.parent_id in frozen:
                frozen.add(one.pk)
        self.held |= frozen

    @precondition(lambda self: self.held)
    @rule(pick=PICK)
    def unhold(self, pick: int) -> None:
        lot = [one for one in self.lots if one.pk in self.held][pick % len(self.held)]
        unhold_lot(lot=lot, note="問題なし", actor=self.actor)
        self.held.discard(lot.pk)

    # -- what is always true -----------------------------------------------------------------------------------------------------

    @invariant()
    def tables_agree_with_the_model(self) -> None:
        stored = {
            (place_id, lot_id): (quantity, reserved)
            for place_id, lot_id, quantity, reserved in Balance.objects.values_list("place_id", "lot_id", "quantity", "reserved")
            if quantity or reserved
        }
        model = {
            key: (self.units[key], self.kept[key])
            for key in self.units.keys() | self.kept.keys()
            if self.units[key] or self.kept[key]
        }
        assert stored == model

    @invariant()
    def every_gram_balances(self) -> None:
        grams: Counter[int] = Counter()
        by_lot: Counter[int] = Counter()
        rebuilt: Counter[tuple[int, int]] = Counter()
        for lot_id, source_id, target_id, row_g in Movement.objects.values_list("lot_id", "source_id", "target_id", "grams"):
            grams[source_id] -= row_g
            grams[target_id] += row_g
            rebuilt[source_id, lot_id] -= row_g
            rebuilt[target_id, lot_id] += row_g
        assert sum(grams.values()) == 0
        assert grams[self.between.pk] == 0  # splitting makes and loses nothing
        for place_id, lot_id, balance_g, inside, quantity, reserved in Balance.objects.values_list(
            "place_id", "lot_id", "grams", "inside", "quantity", "reserved"
        ):
            assert balance_g == rebuilt[place_id, lot_id]
            by_lot[lot_id] += balance_g
            if inside:
                assert quantity >= reserved >= 0
        assert not any(by_lot.values())
        assert ledger_differences() == []

    @invariant()
    def held_reservations_are_what_is_kept(self) -> None:
        held = Reservation.objects.filter(state=ReservationState.HELD).values_list("pk", "quantity")
        assert dict(held) == {kept["row"].pk: kept["quantity"] for kept in self.reservations if kept["quantity"]}


def test_every_gram_balances_whatever_happens():
    run_state_machine_as_test(
        Warehouse,
        settings=settings(
            max_examples=30,
            stateful_step_count=40,
            deadline=None,
            phases=[Phase.generate],  # add Phase.shrink to hunt a failure; it takes minutes
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            derandomize=True,
        ),
    )
