"""Offers and receiving them (D1, D2, D9)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from foodbank.catalog.models import Zone
from foodbank.core.dates import DateMark, DatePrecision, today
from foodbank.core.errors import FieldsRefused, Refusal
from foodbank.donations.models import Offer, RefusalReason, RefusedGoods
from foodbank.donations.selectors import received_units
from foodbank.donations.services.intake import NotTaken, close_offer, receive_offer
from foodbank.donations.services.offers import OfferData, add_offer, add_offers, cancel_offer, change_offer, refuse_offer
from foodbank.donations.services.settling import correct_receipt, nothing_more_comes
from foodbank.inventory.models import Balance, Condition, Lot, Movement, PlaceKind, Reason
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.inventory.services.ledger import correct
from tests.factories import AgreementFactory, DonorFactory, ItemFactory, PlaceFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 12, 5)


@pytest.fixture
def actor():
    return UserFactory.create()


@pytest.fixture
def donor():
    return DonorFactory.create()


@pytest.fixture
def reason():
    return RefusalReason.objects.get_or_create(
        code="opened", defaults={"name": "開封済み", "name_en": "Opened", "effective_from": dt.date(2020, 1, 1)}
    )[0]


def data(donor, **changes):
    plain = {
        "donor": donor,
        "item": changes.pop("item", None) or ItemFactory.create(),
        "day": DAY,
        "quantity": 12,
        "last_day": DAY + dt.timedelta(days=3),
        "ready_from": dt.time(10),
        "ready_until": dt.time(12),
    }
    return OfferData(**{**plain, **changes})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": 100_001}, "quantity"),
        ({"ready_until": dt.time(10)}, "ready_until"),
        ({"last_day": DAY - dt.timedelta(days=1)}, "last_day"),
        ({"last_day": None}, "last_day"),
        ({"last_day": dt.date(2206, 12, 5)}, "last_day"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(actor, donor, changes, field):
    with pytest.raises(FieldsRefused) as refused:
        add_offer(data=data(donor, **changes), actor=actor)
    assert set(refused.value.fields) == {field}


def test_produce_needs_no_date_and_a_month_is_its_last_day(actor, donor):
    produce = ItemFactory.create(date_mark=DateMark.NONE)
    assert add_offer(data=data(donor, item=produce, last_day=None), actor=actor).last_day is None
    month = data(donor, last_day=dt.date(2026, 12, 1), date_precision=DatePrecision.MONTH)
    assert add_offer(data=month, actor=actor).last_day == dt.date(2026, 12, 31)


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "fine"),
    [
        (DAY, DAY, True),
        (DAY - dt.timedelta(days=9), None, True),
        (DAY + dt.timedelta(days=1), None, False),
        (DAY - dt.timedelta(days=9), DAY - dt.timedelta(days=1), False),
    ],
)
def test_no_offer_without_an_agreement_valid_that_day(actor, valid_from, valid_until, fine):
    donor = DonorFactory.create(agreement=None)
    AgreementFactory.create(site=donor.site, valid_from=valid_from, valid_until=valid_until)
    if fine:
        add_offer(data=data(donor), actor=actor)
        return
    with pytest.raises(Refusal) as refused:
        add_offers(offers=[data(DonorFactory.create()), data(donor)], actor=actor)
    assert (refused.value.code, refused.value.params["sites"]) == ("site.no_agreement", [donor.site.code])
    assert not Offer.objects.exists()


def test_an_offer_is_corrected_and_taken_back_while_it_is_open(actor, donor):
    item = ItemFactory.create()
    offer = add_offer(data=data(donor, item=item), actor=actor)
    change_offer(offer=offer, data=data(donor, item=item, quantity=7, note="半分は売れました"), actor=actor)
    assert (offer.quantity, offer.note) == (7, "半分は売れました")
    with pytest.raises(FieldsRefused) as refused:
        change_offer(offer=offer, data=data(DonorFactory.create(), item=item), actor=actor)
    assert refused.value.code == "offer.donor_changes"
    cancel_offer(offer=offer, actor=actor)
    for late in (
        lambda: cancel_offer(offer=offer, actor=actor),
        lambda: change_offer(offer=offer, data=data(donor, item=item), actor=actor),
        lambda: receive_offer(offer=offer, quantity=1, place=PlaceFactory.create(), received_on=DAY, actor=actor),
    ):
        with pytest.raises(Refusal) as closed:
            late()
        assert closed.value.code == "offer.closed"


@pytest.mark.parametrize(("kind", "why"), [(PlaceKind.STORAGE, Reason.RECEIVE), (PlaceKind.VEHICLE, Reason.COLLECT)])
def test_receiving_records_all_that_is_asked(actor, donor, kind, why):
    offer = add_offer(data=data(donor, day=today(), last_day=today()), actor=actor)
    place = PlaceFactory.create(kind=kind)
    receipt = receive_offer(offer=offer, quantity=11, place=place, condition=Condition.OUTER_DAMAGE, maker_lot="B7", actor=actor)
    lot, row = receipt.lot, receipt.movement
    assert (lot.donor_site, lot.received_on, lot.item, lot.last_day) == (donor.site, today(), offer.item, today())
    assert (lot.condition, lot.maker_lot, lot.source_ref) == ("outer_damage", "B7", offer.ref)
    assert (row.reason, row.quantity, row.source.code, row.actor) == (why, 11, f"SUPPLY/{donor.site.code}", actor)
    assert (offer.status, offer.lot) == ("collected", lot)
    assert Balance.objects.get(lot=lot, place=place).grams == 11_000  # 11 × 1,000 g
    assert ledger_differences() == []


def test_receiving_twice_by_one_client_id_is_once(actor, donor):
    offer = add_offer(data=data(donor), actor=actor)
    what = {"offer": offer, "place": PlaceFactory.create(), "received_on": DAY, "actor": actor, "client_id": uuid.uuid4()}
    first = receive_offer(**what, quantity=12)
    again = receive_offer(**what, quantity=12)
    assert (again.movement.pk, Lot.objects.count(), Movement.objects.count()) == (first.movement.pk, 1, 1)
    with pytest.raises(Refusal) as refused:
        receive_offer(**what, quantity=11)
    assert refused.value.status == 422


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"last_day": DAY - dt.timedelta(days=1)}, "donation.date_past"),
        ({"received_on": DAY + dt.timedelta(days=9)}, "donation.date_past"),  # 3 days were left on the 5th
        ({"quantity": 0}, "inventory.quantity"),
        ({"unit_weight_g": 0}, "inventory.weight_missing"),
        ({"zone": Zone.FROZEN}, "inventory.warmer_zone"),  # the label is stricter than the shelf
    ],
)
def test_what_may_not_come_in_changes_nothing(actor, donor, changes, code):
    offer = add_offer(data=data(donor), actor=actor)
    what = {"offer": offer, "quantity": 12, "place": PlaceFactory.create(), "received_on": DAY, "actor": actor}
    with pytest.raises(Refusal) as refused:
        receive_offer(**{**what, **changes})
    assert refused.value.code == code
    offer.refresh_from_db()
    assert (offer.status, Lot.objects.count(), Movement.objects.count()) == ("open", 0, 0)


def test_the_agreement_must_stand_on_the_day_of_receipt(actor):
    donor = DonorFactory.create(agreement=None)
    AgreementFactory.create(site=donor.site, valid_from=DAY, valid_until=DAY)
    offer = add_offer(data=data(donor), actor=actor)
    with pytest.raises(Refusal) as refused:
        receive_offer(offer=offer, quantity=1, place=PlaceFactory.create(), received_on=DAY + dt.timedelta(days=1), actor=actor)
    assert refused.value.code == "site.no_agreement"


def test_refused_goods_are_kept_with_their_reason_and_never_in_stock(actor, donor, reason):
    offer = add_offer(data=data(donor), actor=actor)
    refuse_offer(offer=offer, reason=reason, note="3袋が開封済み", actor=actor)
    kept = RefusedGoods.objects.get()
    assert (kept.donor, kept.item, kept.quantity, kept.reason, kept.actor) == (donor, offer.item, 12, reason, actor)
    assert (offer.status, offer.refusal_reason) == ("refused", "開封済み")
    assert (Lot.objects.count(), Movement.objects.count()) == (0, 0)


def test_a_part_may_be_refused(actor, donor, reason):
    offer = add_offer(data=data(donor), actor=actor)
    place = PlaceFactory.create()
    receive_offer(offer=offer, quantity=9, place=place, received_on=DAY, not_taken=[NotTaken(3, reason)], actor=actor)
    assert RefusedGoods.objects.get().quantity == 3
    assert Balance.objects.get(place=place).quantity == 9


def test_another_reason_must_be_written_out(actor, donor):
    other = RefusalReason.objects.get_or_create(
        code="other", defaults={"name": "その他", "name_en": "Other", "effective_from": dt.date(2020, 1, 1)}
    )[0]
    offer = add_offer(data=data(donor), actor=actor)
    with pytest.raises(Refusal) as refused:
        refuse_offer(offer=offer, reason=other, actor=actor)
    assert refused.value.code == "donation.note_missing"


def test_the_refusal_list_is_data_with_dates(actor, reason):
    offer = add_offer(data=data(DonorFactory.create()), actor=actor)
    RefusalReason.objects.filter(pk=reason.pk).update(effective_until=today() - dt.timedelta(days=1))
    with pytest.raises(Refusal) as refused:
        refuse_offer(offer=offer, reason=reason, actor=actor)
    assert refused.value.code == "donation.reason_not_in_force"
    RefusalReason.objects.filter(pk=reason.pk).update(effective_until=DAY)
    assert reason in RefusalReason.objects.in_force(DAY)
    assert reason not in RefusalReason.objects.in_force(DAY + dt.timedelta(days=1))
    assert not RefusalReason.objects.in_force(dt.date(2019, 12, 31)).exists()


def test_hundreds_of_offers_in_few_queries(actor, donor, django_assert_max_num_queries):
    item = ItemFactory.create()
    offers = [data(donor, item=item) for _ in range(400)]
    # SQLite takes 999 values a statement: 400 offers of 14 values in 6 inserts; beside them savepoints and the agreement
    with django_assert_max_num_queries(12):
        add_offers(offers=offers, actor=actor)


def test_two_vehicles_bring_one_offer_each_as_a_lot_of_its_own(actor, donor):
    offer = add_offer(data=data(donor, day=today(), last_day=today(), quantity=12), actor=actor)
    here, there = PlaceFactory.create_batch(2)
    first = receive_offer(offer=offer, quantity=5, place=here, complete=False, actor=actor)
    assert (offer.status, offer.lot) == ("open", None)
    second = receive_offer(offer=offer, quantity=9, place=there, actor=actor)  # 5 + 9 = 14 of 12: as it is
    assert (offer.status, offer.lot) == ("collected", second.lot)
    assert first.lot != second.lot
    correct(movement=second.movement, quantity=8, actor=actor, note="数え間違い")
    assert received_units([offer]) == {offer.pk: 13}  # 5 + 9 − 1
    with pytest.raises(Refusal, match=r"引取済み"):
        receive_offer(offer=offer, quantity=1, place=here, actor=actor)
    assert ledger_differences() == []


def test_what_is_left_of_an_offer_is_closed_once_something_came(actor, donor):
    offer = add_offer(data=data(donor, day=today(), last_day=today(), quantity=12), actor=actor)
    with pytest.raises(Refusal) as nothing:
        close_offer(offer=offer, actor=actor)
    assert nothing.value.code == "offer.nothing_received"
    receipt = receive_offer(offer=offer, quantity=5, place=PlaceFactory.create(), complete=False, actor=actor)
    assert close_offer(offer=offer, actor=actor).lot == receipt.lot
    with pytest.raises(Refusal) as twice:
        close_offer(offer=offer, actor=actor)
    assert twice.value.code == "offer.closed"


def test_a_receipt_that_was_taken_back_does_not_count_as_received(actor, donor):
    offer = add_offer(data=data(donor, day=today(), last_day=today(), quantity=12), actor=actor)
    first = receive_offer(offer=offer, quantity=5, place=PlaceFactory.create(), complete=False, actor=actor)
    second = receive_offer(offer=offer, quantity=4, place=PlaceFactory.create(), complete=False, actor=actor)
    correct(movement=second.movement, quantity=0, actor=actor, note="見本")
    correct(movement=first.movement, quantity=3, actor=actor, note="見本")
    assert nothing_more_comes(offer=offer, actor=actor).lot == first.lot  # of the two, the one of which something came
    other = add_offer(data=data(donor, day=today(), last_day=today(), quantity=12), actor=actor)
    only = receive_offer(offer=other, quantity=5, place=PlaceFactory.create(), complete=False, actor=actor)
    correct(movement=only.movement, quantity=0, actor=actor, note="見本")
    with pytest.raises(Refusal) as nothing:
        close_offer(offer=other, actor=actor)
    assert nothing.value.code == "offer.nothing_received"
    assert nothing_more_comes(offer=other, actor=actor).status == "cancelled"


def test_an_offer_of_which_nothing_came_after_all_is_open_again(actor, donor):
    offer = add_offer(data=data(donor, day=today(), last_day=today(), quantity=12), actor=actor)
    receipt = receive_offer(offer=offer, quantity=12, place=PlaceFactory.create(), actor=actor)
    correct_receipt(movement=receipt.movement, quantity=10, note="数え間違い", actor=actor)
    offer.refresh_from_db()
    assert (offer.status, offer.lot) == ("collected", receipt.lot)
    correct_receipt(movement=receipt.movement, quantity=0, note="別の店の品だった", actor=actor)
    offer.refresh_from_db()
    assert (offer.status, offer.lot) == ("open", None)
    again = receive_offer(offer=offer, quantity=12, place=PlaceFactory.create(), actor=actor)
    offer.refresh_from_db()
    assert (offer.status, offer.lot) == ("collected", again.lot)
    assert received_units([offer]) == {offer.pk: 12}  # 12 − 2 − 10 + 12
    assert ledger_differences() == []
