"""Parcels: named lots of the venue, first expiring first, nothing that a household must avoid, and a ledger that names no household."""

from __future__ import annotations

import datetime as dt

import pytest

from foodbank.accounts.services.system import system_user
from foodbank.core.dates import DateMark, today
from foodbank.core.errors import Refusal
from foodbank.inventory.models import Balance, LotAllergen, Movement, PlaceKind, Reason, Reservation
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.inventory.services.holds import hold_lot
from foodbank.pantry.models import Allergies, Booking, BookingState, ParcelState
from foodbank.pantry.policies import CEILING_G, KINDS, TARGET_G, Choice, compose, shown_outside
from foodbank.pantry.services.bookings import cancel
from foodbank.pantry.services.call_off import call_off_pickup_day
from foodbank.pantry.services.gate import check_in, check_in_booking, note_allergies
from foodbank.pantry.services.parcels import add_lot, hand_over, pack, remove_line
from tests.factories import PlaceFactory, allergen, stocked
from tests.factories.pantry import booking, household, pickup_day, venue

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def actor():
    return system_user()


@pytest.fixture
def spot():
    """A pickup day today, with a place of the venue."""
    site = venue()
    day = pickup_day(day=today(), site=site, capacity=9)
    return day, PlaceFactory.create(site=site)


def refused(call) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value


# ---- choosing, as arithmetic


def test_ten_kinds_before_second_units_and_up_to_four_kilograms():
    # 12 kinds of 300 g: 10 are 3.0 kg; two more kinds 3.6 kg; two second units 4.2 kg ≥ 4.0 kg
    units = compose([Choice(kind, 300, 5) for kind in range(12)], others=0)
    assert units == [2, 2] + [1] * 10
    assert sum(units) * 300 == 4_200


def test_the_heaviest_makes_room_for_a_lighter_kind():
    # ten first: 5 kg rice + 9 × 400 g = 8.6 kg > 5 kg; without the rice and with the eleventh: 10 × 400 g = 4.0 kg
    shelf = [Choice(0, 5_000, 1), *(Choice(kind, 400, 1) for kind in range(1, 11))]
    assert compose(shelf, others=0) == [0] + [1] * 10


def test_no_second_unit_of_what_the_others_need():
    # 3 units of one kind of 1 kg; two others still come: one each
    assert compose([Choice(1, 1_000, 3)], others=2) == [1]
    assert compose([Choice(1, 1_000, 3)], others=1) == [2]


def test_two_lots_of_one_product_are_one_kind_and_the_first_to_expire_goes_first():
    assert compose([Choice(1, 1_500, 1), Choice(1, 1_500, 1)], others=0) == [1, 1]
    assert compose([Choice(1, 1_500, 1), Choice(1, 1_500, 1)], others=1) == [1, 0]


@pytest.mark.parametrize("seed", range(30))
def test_never_above_what_is_there_nor_the_ceiling(seed: int):
    import random  # noqa: PLC0415

    dice = random.Random(seed)
    weights = [dice.choice([40, 250, 700, 1_000, 5_000]) for _ in range(20)]
    shelf = [Choice(kind, weights[kind], dice.randrange(4)) for kind in (dice.randrange(20) for _ in range(30))]
    units = compose(shelf, others=dice.randrange(3))
    assert all(0 <= taken <= choice.free for taken, choice in zip(units, shelf, strict=True))
    weight = sum(taken * choice.unit_g for taken, choice in zip(units, shelf, strict=True))
    assert weight <= CEILING_G
    light = {choice.kind for choice in shelf if choice.free and choice.unit_g <= CEILING_G / KINDS}
    kinds = {choice.kind for taken, choice in zip(units, shelf, strict=True) if taken}
    assert len(kinds) >= min(KINDS, len(light)) or weight >= TARGET_G


def test_counts_below_five_are_hidden_outside():
    assert [shown_outside(n) for n in (0, 1, 4, 5)] == [0, None, None, 5]


# ---- with goods


def test_first_expiring_first_and_only_what_may_be_given(spot, actor):
    day, place = spot
    late, _ = stocked(5, place=place, last_day=today() + 20 * DAY)
    soon, _ = stocked(5, place=place, last_day=today())
    box, _ = stocked(5, place=place, mixed_box=True)  # D2
    over, _ = stocked(5, place=place, last_day=today() - DAY, date_mark=DateMark.USE_BY)  # D5
    held, _ = stocked(5, place=place)
    hold_lot(lot=held, reason="見本", actor=actor)
    elsewhere, _ = stocked(5)
    parcel = pack(booking=booking(slot=day.slots.first()), actor=actor)
    assert parcel is not None
    # two kinds of 1 kg: one each, then second units in the same order: 4 kg
    assert [(line.lot.code, line.quantity) for line in parcel.lines.all()] == [(soon.code, 2), (late.code, 2)]
    assert not {box.pk, over.pk, held.pk, elsewhere.pk} & set(parcel.lines.values_list("lot", flat=True))


def test_unknown_allergens_count_as_contained(spot, actor):
    """D13: named, unknown, and not on the list that the lot was checked against."""
    day, place = spot
    avoided = allergen("乳")
    with_milk, _ = stocked(5, place=place)
    LotAllergen.objects.create(lot=with_milk, allergen=avoided)
    silent, _ = stocked(5, place=place, allergens_stated=False)
    safe, _ = stocked(5, place=place)
    who = household(allergies=Allergies.LISTED, allergens=[avoided])
    made = booking(slot=day.slots.first(), of=who)
    parcel = pack(booking=made, actor=actor)
    assert parcel is not None
    assert set(parcel.lines.values_list("lot", flat=True)) == {safe.pk}
    for lot in (with_milk, silent):
        no = refused(lambda lot=lot: add_lot(parcel=parcel, lot=lot, quantity=1, actor=actor))
        assert (no.code, no.params["lots"]) == ("parcel.allergen", [lot.code])


def test_without_asking_about_allergies_nothing_is_handed_over(spot, actor):
    day, place = spot
    stocked(5, place=place)
    made = booking(slot=day.slots.first(), of=household(allergies=Allergies.UNKNOWN))
    assert refused(lambda: pack(booking=made, actor=actor)).code == "parcel.allergies_unknown"
    assert check_in_booking(booking=made, actor=actor).state == BookingState.CHECKED_IN
    assert not made.parcels.exists()
    note_allergies(booking=made, allergies=Allergies.NONE, allergens=[], actor=actor)
    assert made.parcels.get().lines.count() == 1


def test_an_allergy_told_after_packing_stops_the_hand_over(spot, actor):
    day, place = spot
    lot, _ = stocked(5, place=place)
    LotAllergen.objects.create(lot=lot, allergen=allergen("卵"))
    made = booking(slot=day.slots.first())
    check_in_booking(booking=made, actor=actor)
    who = made.household
    who.allergies = Allergies.LISTED
    who.save()
    who.allergens.set([allergen("卵")])
    assert refused(lambda: hand_over(booking=made, actor=actor)).code == "parcel.allergen"
    assert not Movement.objects.filter(reason=Reason.HAND_OVER).exists()


def test_a_lot_held_after_packing_does_not_leave(spot, actor):
    day, place = spot
    lot, _ = stocked(5, place=place)
    made = booking(slot=day.slots.first())
    check_in_booking(booking=made, actor=actor)
    hold_lot(lot=lot, reason="見本", actor=actor)
    assert refused(lambda: hand_over(booking=made, actor=actor)).code in ("inventory.held", "inventory.reservation_closed")
    assert Booking.objects.get(pk=made.pk).state == BookingState.CHECKED_IN


def test_the_hand_over_is_in_the_ledger_once_and_names_no_household(spot, actor):
    day, place = spot
    stocked(3, place=place)
    stocked(3, place=place)
    made = booking(slot=day.slots.first())
    assert refused(lambda: hand_over(booking=made, actor=actor)).code == "booking.not_checked_in"
    check_in_booking(booking=made, actor=actor)
    for _ in range(2):
        hand_over(booking=made, actor=actor)
    rows = Movement.objects.filter(reason=Reason.HAND_OVER).select_related("source", "target")
    parcel = made.parcels.get()
    assert parcel.state == ParcelState.HANDED_OVER
    assert [(row.source_id, row.target.code, row.document, row.quantity, row.grams) for row in rows] == [
        (place.pk, f"RECIPIENT/{day.site.code}", f"parcel/{parcel.pk}", 2, 2_000)
    ] * 2
    assert all(line.movement_id for line in parcel.lines.all())
    assert sum(Balance.objects.filter(place=place).values_list("quantity", flat=True)) == 3 + 3 - 4
    assert sum(Balance.objects.filter(place=place).values_list("reserved", flat=True)) == 0
    assert ledger_differences() == []
    ledger = str(list(Movement.objects.values())) + str(list(Reservation.objects.values()))
    assert made.household.code not in ledger
    assert made.code not in ledger


def test_cancelling_and_calling_off_free_the_goods(spot, actor):
    day, place = spot
    stocked(9, place=place)
    made = [booking(slot=day.slots.first()) for _ in range(2)]
    for one in made:
        pack(booking=one, actor=actor)
    reserved = Balance.objects.get(place=place)
    assert reserved.reserved == 4 + 4  # 1 kg each: 4 kg a household
    cancel(booking=made[0], actor=actor)
    reserved.refresh_from_db()
    assert reserved.reserved == 4
    call_off_pickup_day(day_pk=day.pk, reason="台風", actor=actor)
    reserved.refresh_from_db()
    assert (reserved.reserved, reserved.quantity) == (0, 9)


def test_swapping_a_line(spot, actor):
    day, place = spot
    stocked(2, place=place)
    made = booking(slot=day.slots.first())
    parcel = pack(booking=made, actor=actor)
    assert parcel is not None
    remove_line(line=parcel.lines.get(), actor=actor)
    other, _ = stocked(1, place=place)
    add_lot(parcel=parcel, lot=other, quantity=1, actor=actor)
    assert [line.lot_id for line in parcel.lines.all()] == [other.pk]
    assert refused(lambda: add_lot(parcel=parcel, lot=other, quantity=1, actor=actor)).code in (
        "inventory.not_enough_stock", "inventory.reserved",
    )  # fmt: skip
    away, _ = stocked(1, place=PlaceFactory.create())
    assert refused(lambda: add_lot(parcel=parcel, lot=away, quantity=1, actor=actor)).code == "parcel.not_here"
    check_in_booking(booking=made, actor=actor)
    hand_over(booking=made, actor=actor)
    assert refused(lambda: remove_line(line=parcel.lines.get(), actor=actor)).code == "parcel.closed"


# ---- tickets


def test_what_a_ticket_may_be_refused_for(spot, actor):
    day, _place = spot
    slot = day.slots.first()

    def no(text: str) -> str:
        return refused(lambda: check_in(text=text, pickup_day=day, actor=actor)).code

    made = booking(slot=slot)
    assert no("  ") == "ticket.empty"
    assert no("000000") == "ticket.unknown"
    elsewhere = booking(slot=pickup_day(day=today()).slots.first())
    assert no(elsewhere.token) == no(elsewhere.code) == "ticket.other_venue"
    tomorrow = booking(slot=pickup_day(day=today() + DAY, site=day.site).slots.first())
    assert no(tomorrow.token) == "ticket.other_day"
    assert no(tomorrow.code) == "ticket.unknown"  # the six characters mean something on their own day only
    gone = cancel(booking=booking(slot=slot), actor=actor)
    assert no(gone.token) == "ticket.cancelled"
    assert check_in(text=made.token.lower(), pickup_day=day, actor=actor).state == BookingState.CHECKED_IN
    assert no(made.token) == "ticket.used"
    hand_over(booking=made, actor=actor)
    assert no(made.code) == "ticket.handed_over"
    slot.refresh_from_db()
    type(slot).objects.filter(pk=slot.pk).update(capacity=slot.taken)
    assert no(booking(slot=slot).code) == "ticket.waiting"


def test_six_characters_however_they_are_typed(spot, actor):
    day, _place = spot
    made = booking(slot=day.slots.first())
    Booking.objects.filter(pk=made.pk).update(code="K01V2X")
    assert check_in(text=" ｋｏi-uzx ", pickup_day=day, actor=actor).pk == made.pk


def test_a_place_of_another_kind_is_no_shelf(spot, actor):
    day, _place = spot
    van = PlaceFactory.create(site=day.site, kind=PlaceKind.VEHICLE)
    stocked(5, place=van)
    assert pack(booking=booking(slot=day.slots.first()), actor=actor) is None
