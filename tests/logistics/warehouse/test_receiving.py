"""Receiving on the phone: against an offer, by code, from somebody at the door (D1, D2, D8, D9, D11, D13, D22)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foodbank.catalog.models import Zone
from foodbank.core.dates import DateMark, today
from foodbank.core.device import uuid7
from foodbank.donations.models import Offer, OfferStatus, RefusalReason, RefusedGoods
from foodbank.inventory.models import Lot, Movement, RefusedScan
from foodbank.inventory.selectors.audit import ledger_differences
from tests.factories import DonorFactory, ItemFactory, PlaceFactory, allergen
from tests.factories.catalog import gtin
from tests.factories.driving import an_offer
from tests.logistics.warehouse.conftest import Depot

LIST = "warehouse:receive_list"


@pytest.fixture
def phone(depot: Depot, client: Client) -> Client:
    client.force_login(depot.worker)
    return client


def receive(client: Client, offer: Offer, **changes: Any) -> Any:
    form = {
        "quantity": "12", "last_day": (today() + dt.timedelta(days=5)).isoformat(), "zone": offer.item.zone, "condition": "good",
        "client_id": str(uuid7()), **changes,
    }  # fmt: skip
    return client.post(reverse("warehouse:receive_offer", args=[offer.pk]), form)


def test_an_offer_becomes_a_lot_at_the_receiving_place(depot: Depot, phone: Client) -> None:
    offer = an_offer(12, unit_weight_g=500)
    answer = receive(phone, offer, quantity="11", maker_lot="AB1", last_day="令和9年3月", device_time="2026-11-22T10:00:00+09:00")
    lot = Lot.objects.get(maker_lot="AB1")
    assert (answer.status_code, answer["Location"]) == (302, reverse("warehouse:lot", args=[lot.code]))
    assert (lot.last_day, lot.date_precision, lot.donor_site) == (dt.date(2027, 3, 31), "month", offer.donor.site)
    movement = Movement.objects.get(lot=lot)
    assert (movement.target.code, movement.quantity, movement.grams) == ("W01/in-chilled", 11, 5500)  # 11 × 500 g
    assert movement.device_time == dt.datetime(2026, 11, 22, 1, tzinfo=dt.UTC)
    offer.refresh_from_db()
    assert offer.status == OfferStatus.COLLECTED
    assert ledger_differences() == []


def test_a_stricter_label_wins_and_a_warmer_shelf_is_refused(depot: Depot, phone: Client) -> None:
    offer = an_offer(12, zone=Zone.AMBIENT)
    receive(phone, offer, zone="frozen")
    assert Movement.objects.latest("pk").target.code == "W01/in-frozen"
    assert Lot.objects.latest("pk").zone == "frozen"
    warm = PlaceFactory.create(site=depot.site, zone=Zone.AMBIENT, code="A-01")
    chilled = an_offer(12)
    answer = receive(phone, chilled, place=str(warm.pk))
    assert answer.status_code == 422
    assert "より低い温度帯" in answer.content.decode()
    assert RefusedScan.objects.get().code == "inventory.warmer_zone"
    assert Lot.objects.filter(item=chilled.item).count() == 0


def test_a_part_is_not_taken_and_its_reason_kept(depot: Depot, phone: Client) -> None:
    offer = an_offer(12)
    assert receive(phone, offer, quantity="10", refused_quantity="2").status_code == 422  # without a reason
    reason = RefusalReason.objects.get(code="opened")
    assert receive(phone, offer, quantity="10", refused_quantity="2", refused_reason=str(reason.pk)).status_code == 302
    [kept] = RefusedGoods.objects.all()
    assert (kept.quantity, kept.reason, kept.offer, kept.actor) == (2, reason, offer, depot.worker)


def test_more_than_offered_wants_a_note_and_the_rest_may_come_later(depot: Depot, phone: Client) -> None:
    offer = an_offer(12)
    assert receive(phone, offer, quantity="5", more_to_come="on").status_code == 302
    offer.refresh_from_db()
    assert offer.status == OfferStatus.OPEN
    assert "残りは 7 点です" in receive(phone, offer, quantity="9").content.decode()  # 12 − 5
    assert receive(phone, offer, quantity="9", note="もう1箱あった").status_code == 302
    assert sorted(Movement.objects.filter(document=f"offer:{offer.pk}").values_list("quantity", flat=True)) == [5, 9]


def test_nothing_more_comes_or_all_of_it_is_declined(depot: Depot, phone: Client) -> None:
    offer, other = an_offer(12), an_offer(3)
    receive(phone, offer, quantity="5", more_to_come="on")
    close = reverse("warehouse:close_offer", args=[offer.pk])
    assert phone.post(close, {"client_id": str(uuid7())}).status_code == 302
    refuse = reverse("warehouse:refuse_offer", args=[other.pk])
    reason = RefusalReason.objects.get(code="damaged_seal")
    phone.post(refuse, {"client_id": str(uuid7()), "reason": reason.pk})
    assert set(Offer.objects.values_list("status", flat=True)) == {OfferStatus.COLLECTED, OfferStatus.REFUSED}


def test_the_form_sent_twice_receives_once(depot: Depot, phone: Client) -> None:
    offer, number = an_offer(12), str(uuid7())
    answers = [receive(phone, offer, client_id=number) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Lot.objects.filter(item=offer.item).count() == 1


def test_a_shop_without_agreement_gives_nothing(depot: Depot, phone: Client) -> None:
    offer = an_offer(12, donor=DonorFactory.create(agreement=None))
    answer = receive(phone, offer)
    assert answer.status_code == 422
    assert RefusedScan.objects.get().code == "site.no_agreement"


@pytest.mark.parametrize(("date", "code"), [("", None), ("2020-01-01", "donation.date_past")])
def test_no_date_or_a_past_one_is_not_received(depot: Depot, phone: Client, date: str, code: str | None) -> None:
    answer = receive(phone, an_offer(12), last_day=date)
    assert answer.status_code == 422
    assert list(RefusedScan.objects.values_list("code", flat=True)) == ([code] if code else [])


def test_unstated_allergens_are_asked_for(depot: Depot, phone: Client) -> None:
    offer = an_offer(12, allergens_stated=False)
    egg = allergen("卵")
    receive(phone, offer, allergens_stated="on", allergens=[str(egg.pk)])
    lot = Lot.objects.latest("pk")
    assert (lot.allergens_stated, list(lot.allergens.all())) == (True, [egg])
    mixed = an_offer(12)
    receive(phone, mixed, mixed_box="on")
    assert not Lot.objects.latest("pk").allergens_stated


def found(client: Client, code: str) -> Any:
    return client.get(reverse(LIST), {"code": code})


def test_a_scanned_code_leads_to_the_one_offer_with_its_date_and_lot(depot: Depot, phone: Client) -> None:
    offer = an_offer(12)
    date = today() + dt.timedelta(days=40)
    text = f"(01)0{offer.item.gtin}(15){date:%y%m%d}(17){date - dt.timedelta(days=9):%y%m%d}(10)AB12(30)8"
    answer = found(phone, text)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("warehouse:receive_offer", args=[offer.pk]) + "?code=")
    form = phone.get(answer["Location"]).context["form"]
    # The item carries a 賞味期限: the 消費期限 of the same code is not taken for it.
    assert (form.initial["last_day"].last_day, form.initial["maker_lot"], form.initial["quantity"]) == (date, "AB12", 8)


def test_a_use_by_item_takes_the_use_by_date(depot: Depot, phone: Client) -> None:
    offer = an_offer(12, date_mark=DateMark.USE_BY)
    form = phone.get(found(phone, f"(01)0{offer.item.gtin}(17)301231")["Location"]).context["form"]
    assert form.initial["last_day"].last_day == dt.date(2030, 12, 31)


def test_two_shops_offer_the_same_product_so_somebody_chooses(depot: Depot, phone: Client) -> None:
    first = an_offer(12)
    second = Offer.objects.create(
        donor=DonorFactory.create(), item=first.item, day=today(), quantity=3, last_day=today(), ready_from=dt.time(8),
        ready_until=dt.time(9),
    )  # fmt: skip
    page = found(phone, first.item.gtin).content.decode()
    for offer in (first, second):
        assert reverse("warehouse:receive_offer", args=[offer.pk]) in page


def test_an_in_store_code_says_nothing_without_its_shop(depot: Depot, phone: Client) -> None:
    answer = found(phone, "2000000000015")
    assert (answer.status_code, RefusedScan.objects.get().code) == (404, "warehouse.in_store_code")
    offer = an_offer(12, gtin="2000000000015")
    assert found(phone, "2000000000015")["Location"].startswith(reverse("warehouse:receive_offer", args=[offer.pk]))


@pytest.mark.parametrize(
    ("code_of", "refusal"),
    [
        (lambda depot: gtin(999_999), "warehouse.unknown_item"),
        (lambda depot: depot.lot.code, "warehouse.own_label"),
        (lambda depot: "4901234567890", "gtin.check_digit"),
    ],
)
def test_codes_that_cannot_be_received(depot: Depot, phone: Client, code_of: Callable[[Depot], str], refusal: str) -> None:
    answer = found(phone, code_of(depot))
    assert answer.status_code >= 400
    assert RefusedScan.objects.get().code == refusal
    assert "data-tell-now" in answer.content.decode()


def walk_in(client: Client, **changes: Any) -> Any:
    form = {"quantity": "4", "last_day": "2030-01", "zone": "ambient", "condition": "good", "client_id": str(uuid7()), **changes}
    return client.post(reverse("warehouse:walk_in"), form)


def test_somebody_at_the_door_gives_what_nobody_offered(depot: Depot, phone: Client) -> None:
    donor, item, number = DonorFactory.create(), ItemFactory.create(zone=Zone.AMBIENT), str(uuid7())
    for _ in range(2):
        assert walk_in(phone, donor=donor.pk, item=item.pk, client_id=number).status_code == 302
    [offer] = Offer.objects.filter(donor=donor)
    assert (offer.day, offer.quantity, offer.status) == (today(), 4, OfferStatus.COLLECTED)
    assert Movement.objects.filter(lot__item=item).count() == 1
    refused = walk_in(phone, donor=DonorFactory.create(agreement=None).pk, item=item.pk)
    assert (refused.status_code, RefusedScan.objects.get().code) == (422, "site.no_agreement")
    assert Offer.objects.count() == 1


def test_a_known_product_without_offer_leads_to_the_door_form(depot: Depot, phone: Client) -> None:
    item = ItemFactory.create()
    answer = found(phone, item.gtin)
    assert answer["Location"].startswith(reverse("warehouse:walk_in"))
    assert phone.get(answer["Location"]).context["form"].initial["item"] == item


@pytest.mark.parametrize("offers", [1, 15])
def test_the_list_asks_no_more_for_more_offers(
    depot: Depot, phone: Client, offers: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(offers):
        an_offer(3)
    phone.get(reverse(LIST))
    with django_assert_max_num_queries(8):
        assert len(phone.get(reverse(LIST)).context["offers"]) == offers


def test_a_meal_keeps_the_time_that_the_shop_gave(depot: Depot, phone: Client) -> None:
    offer = an_offer(12, date_mark=DateMark.USE_BY)
    Offer.objects.filter(pk=offer.pk).update(last_day=today(), safe_until=dt.time(18))
    assert 'value="18:00"' in phone.get(reverse("warehouse:receive_offer", args=[offer.pk])).content.decode()
    receive(phone, offer, last_day=today().isoformat(), safe_until="17:30")
    assert Lot.objects.latest("pk").safe_until == dt.time(17, 30)


def test_a_driver_who_says_nothing_of_the_time_brings_it_along(depot: Depot, phone: Client) -> None:
    offer = an_offer(12, date_mark=DateMark.USE_BY)
    Offer.objects.filter(pk=offer.pk).update(last_day=today(), safe_until=dt.time(18))
    receive(phone, offer, last_day=today().isoformat(), quantity="6", more_to_come="on")
    assert Lot.objects.latest("pk").safe_until == dt.time(18)
    receive(phone, offer, last_day=(today() + dt.timedelta(days=1)).isoformat(), quantity="6")
    assert Lot.objects.latest("pk").safe_until is None  # another date: the time was for the other day


def test_goods_without_a_use_by_date_are_not_asked_for_a_time(depot: Depot, phone: Client) -> None:
    page = phone.get(reverse("warehouse:receive_offer", args=[an_offer(12).pk])).content.decode()
    assert "safe_until" not in page
