from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from foodbank.core.dates import today
from foodbank.donations.models import Donor, Offer, OfferStatus
from foodbank.sites.models import Agreement, Site
from tests.factories import DonorFactory, ItemFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


def shop(**changes: object) -> dict[str, object]:
    return {
        "code": "Ｄ９０１",
        "name": "みどり商店（例）",
        "latitude": "34.3401",
        "longitude": "134.0437",
        "opens": "9:00",
        "closes": "20:00",
        "active": "on",
        "contact_name": "見本 花子",
        "agreement_from": "2026-12-01",
    } | changes


def offer(donor: Donor, **changes: object) -> dict[str, object]:
    return {
        "donor": donor.pk,
        "item": ItemFactory.create(name="見本の牛乳").pk,
        "day": today().isoformat(),
        "quantity": "12",
        "last_day": (today() + dt.timedelta(days=4)).isoformat(),
        "ready_from": "9:00",
        "ready_until": "11:30",
    } | changes


def test_a_shop_is_entered_with_its_agreement(staff: Client):
    assert staff.post(reverse("donations:donor_new"), shop()).status_code == 302
    donor = Donor.objects.select_related("site").get()
    assert (donor.site.code, donor.site.kind, donor.contact_name) == ("D901", "donor", "見本 花子")
    assert Agreement.objects.valid_on(dt.date(2026, 12, 1)).filter(site=donor.site).exists()


def test_when_the_agreement_is_wrong_the_shop_is_not_stored_either(staff: Client):
    answer = staff.post(reverse("donations:donor_new"), shop(agreement_from="soon"))
    assert answer.status_code == 422
    assert not Site.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"latitude": "99"}, "latitude"),
        ({"closes": "8:00"}, "closes"),
        ({"name": ""}, "name"),
        ({"longitude": "east"}, "longitude"),
    ],
)
def test_what_is_wrong_stands_at_its_field(staff: Client, changes: dict[str, object], field: str):
    answer = staff.post(reverse("donations:donor_new"), shop(**changes))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Site.objects.exists()


def test_a_code_is_used_once(staff: Client):
    staff.post(reverse("donations:donor_new"), shop())
    answer = staff.post(reverse("donations:donor_new"), shop())
    assert answer.context["form"].errors["code"] == ["このコードは使われています。"]
    assert Site.objects.count() == 1


def test_a_shop_is_corrected(staff: Client):
    donor = DonorFactory.create()
    staff.post(
        reverse("donations:donor_edit", args=[donor.site.code]), shop(name="直した名前（例）", contact_email="a@example.jp")
    )
    donor = Donor.objects.select_related("site").get()
    assert (donor.site.name, donor.contact_email) == ("直した名前（例）", "a@example.jp")


def test_an_offer_by_phone_is_entered(staff: Client):
    donor = DonorFactory.create()
    answer = staff.post(reverse("donations:offer_new"), offer(donor))
    assert answer.status_code == 302
    made = Offer.objects.get()
    assert (made.quantity, made.status, made.source) == (12, OfferStatus.OPEN, "staff")


def test_an_offer_is_corrected_though_shop_and_item_are_no_longer_in_use(staff: Client):
    donor = DonorFactory.create()
    values = offer(donor)
    staff.post(reverse("donations:offer_new"), values)
    made = Offer.objects.select_related("item").get()
    Site.objects.update(active=False)
    type(made.item).objects.update(active=False)
    assert staff.post(reverse("donations:offer_edit", args=[made.pk]), values | {"quantity": "7"}).status_code == 302
    made.refresh_from_db()
    assert made.quantity == 7
    assert staff.post(reverse("donations:offer_new"), values).status_code == 422


def test_a_month_on_the_package_means_its_last_day(staff: Client):
    staff.post(reverse("donations:offer_new"), offer(DonorFactory.create(), last_day="2031.2"))
    made = Offer.objects.get()
    assert (made.last_day, made.date_precision) == (dt.date(2031, 2, 28), "month")


def test_a_shop_without_agreement_gives_nothing(staff: Client):
    answer = staff.post(reverse("donations:offer_new"), offer(DonorFactory.create(agreement=None)))
    assert answer.status_code == 422
    assert "合意書" in answer.context["form"].non_field_errors()[0]
    assert not Offer.objects.exists()


def test_an_offer_is_corrected_and_cancelled_and_then_closed(staff: Client):
    donor = DonorFactory.create()
    values = offer(donor)
    staff.post(reverse("donations:offer_new"), values)
    made = Offer.objects.get()
    staff.post(reverse("donations:offer_edit", args=[made.pk]), values | {"quantity": "7"})
    made.refresh_from_db()
    assert made.quantity == 7
    staff.post(reverse("donations:offer_cancel", args=[made.pk]))
    made.refresh_from_db()
    assert made.status == OfferStatus.CANCELLED
    answer = staff.post(reverse("donations:offer_edit", args=[made.pk]), values)
    assert answer.status_code == 422
    made.refresh_from_db()
    assert made.quantity == 7


@pytest.mark.parametrize("route", ["donations:donor_list", "donations:offer_list"])
def test_lists_ask_as_often_for_sixty_rows_as_for_one(staff: Client, route: str, django_assert_num_queries):
    def enter() -> None:
        donor = DonorFactory.create()
        Offer.objects.create(
            donor=donor, item=ItemFactory.create(), day=today(), quantity=1, ready_from=dt.time(9), ready_until=dt.time(10)
        )

    enter()
    with django_assert_num_queries(5):  # session, user, roles, count, rows
        staff.get(reverse(route))
    for _ in range(60):
        enter()
    with django_assert_num_queries(5):
        assert len(staff.get(reverse(route)).context["listing"].rows) == 50


def test_a_meal_has_a_time_on_its_last_day(staff: Client):
    values = offer(DonorFactory.create(), last_day=today().isoformat(), safe_until="18:00")
    assert staff.post(reverse("donations:offer_new"), values).status_code == 302
    made = Offer.objects.get()
    assert made.safe_until == dt.time(18)
    assert "18:00" in staff.get(reverse("donations:offer_list")).content.decode()
    page = staff.get(reverse("donations:offer_edit", args=[made.pk])).content.decode()
    assert 'value="18:00"' in page


@pytest.mark.parametrize(
    "changes",
    [
        {"last_day": "", "safe_until": "18:00"},
        {"last_day": "2027.3", "safe_until": "18:00"},  # no day
        {"last_day": today().isoformat(), "safe_until": "9:00"},  # before it can be collected
    ],
)
def test_a_time_that_cannot_be_stands_at_its_field(staff: Client, changes: dict[str, object]):
    item = ItemFactory.create(date_mark="none").pk
    answer = staff.post(reverse("donations:offer_new"), offer(DonorFactory.create(), item=item, **changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["safe_until"]
