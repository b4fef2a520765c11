"""The pages on which something is called off: shown first, done on the button, taken back."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foodbank.accounts.models import Role
from foodbank.core.dates import today
from foodbank.core.models import OutboxMessage
from foodbank.donations.models import Offer, OfferStatus
from foodbank.pantry.models import Booking, BookingState, Household, PickupDay, Slot
from foodbank.sites.models import SiteKind
from logistics.dispatch.models import CallOff, CallOffKind, ShipmentProgress
from logistics.fleet.models import Shift
from tests.factories import DonorFactory, PartnerFactory, SiteFactory, UserFactory
from tests.factories.driving import Drive, an_offer, an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


@pytest.fixture
def drive() -> Drive:
    """Today VAN1 takes something from the shelf and from a shop to a partner."""
    drive = Drive()
    partner = PartnerFactory.create()
    offer = an_offer(12, donor=DonorFactory.create())
    depot, shop, stop = drive.stop(drive.depot), drive.stop(offer.donor.site), drive.stop(partner.site)
    line = an_order(partner)
    drive.shelf(10, depot, stop, order_line=line)
    drive.shop(12, shop, stop, offer=offer, order_line=line)
    return drive.published()


def address(drive: Drive, kind: str) -> str:
    code = {"shop": drive.stops[1].site.code, "vehicle": drive.code, "driver": drive.code, "day": "all"}[kind]
    return reverse("dispatch:call_off", args=[today(), kind, code])


def shown(client: Client, where: str) -> str:
    answer = client.get(where)
    assert answer.status_code == 200
    return answer.content.decode()


def seen_on(page: str) -> str:
    return page.partition('name="seen" value="')[2].partition('"')[0]


def households(number: int) -> None:
    day = PickupDay.objects.create(day=today(), site=SiteFactory.create(kind=SiteKind.VENUE))
    slot = Slot.objects.create(pickup_day=day, start=dt.time(10), end=dt.time(11), capacity=20)
    for count in range(number):
        household = Household.objects.create(code=f"CANARY{count}", size=2, registered_by=UserFactory.create())
        Booking.objects.create(
            household=household,
            slot=slot,
            day=today(),
            state=BookingState.BOOKED,
            token=uuid.uuid4().hex,
            code=f"AB{count:04}",
            via="page",
        )
    Slot.objects.update(taken=number)


def test_what_can_fall_out_stands_on_one_page(drive: Drive, staff: Client):
    Shift.objects.update(driver=UserFactory.create(roles=[Role.DRIVER], last_name="見本", first_name="次郎"))
    page = shown(staff, reverse("dispatch:call_offs", args=[today()]))
    for kind in ("shop", "vehicle", "driver", "day"):
        assert address(drive, kind) in page
    assert "見本 次郎" in page


def test_before_anything_happens_the_page_says_who_will_be_told(drive: Drive, staff: Client):
    households(3)
    page = shown(staff, address(drive, "day"))
    assert drive.stops[1].site.name in page
    assert drive.stops[2].site.name in page
    assert "3 世帯" in page
    assert "CANARY" not in page  # households only as a number
    assert not CallOff.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_it_happens_on_the_button_and_is_taken_back(drive: Drive, staff: Client):
    page = shown(staff, address(drive, "shop"))
    answer = staff.post(address(drive, "shop"), {"reason": "お店の都合のため。", "seen": seen_on(page)}, follow=True)
    assert "中止にしました" in answer.content.decode()
    row = CallOff.objects.get()
    assert (row.kind, row.site, row.reason) == (CallOffKind.SHOP, drive.stops[1].site, "お店の都合のため。")
    assert Offer.objects.get().status == OfferStatus.CANCELLED
    assert row.reason in shown(staff, reverse("dispatch:call_offs", args=[today()]))
    staff.post(reverse("dispatch:call_off_undo", args=[row.pk]))
    assert Offer.objects.get().status == OfferStatus.OPEN
    again = staff.post(reverse("dispatch:call_off_undo", args=[row.pk]), follow=True)
    assert "もう取り消してあります" in again.content.decode()


def test_without_a_reason_nothing_happens_and_the_field_says_so(drive: Drive, staff: Client):
    answer = staff.post(address(drive, "shop"), {"reason": "", "seen": seen_on(shown(staff, address(drive, "shop")))})
    assert answer.status_code == 422
    assert not CallOff.objects.exists()
    assert Offer.objects.get().status == OfferStatus.OPEN


def test_what_changed_meanwhile_is_shown_again_and_then_goes(drive: Drive, staff: Client):
    where = address(drive, "day")
    old = seen_on(shown(staff, where))
    newcomer = an_order(PartnerFactory.create(site__name="あとから来た食堂（例）"))
    first = staff.post(where, {"reason": "台風のため。", "seen": old})
    assert first.status_code == 422
    page = first.content.decode()
    assert "もう一度確かめてください" in page
    assert newcomer.order.partner.site.name in page
    assert "台風のため。" in page  # what was typed stays
    assert staff.post(where, {"reason": "台風のため。", "seen": seen_on(page)}).status_code == 302
    assert CallOff.objects.count() == 1


def test_a_second_press_is_told_that_it_is_done(drive: Drive, staff: Client):
    where = address(drive, "day")
    data = {"reason": "台風のため。", "seen": seen_on(shown(staff, where))}
    staff.post(where, data)
    again = staff.post(where, data)
    assert again.status_code == 422
    assert "もう中止になっています" in again.content.decode()
    assert OutboxMessage.objects.filter(payload__to__kind="partner").count() == 1


def test_after_a_driver_fell_out_the_page_shows_who_could_take_over(drive: Drive, staff: Client):
    Shift.objects.update(driver=UserFactory.create(roles=[Role.DRIVER]))
    other = UserFactory.create(roles=[Role.DRIVER], last_name="見本", first_name="三郎")
    where = address(drive, "driver")
    answer = staff.post(where, {"reason": "都合がつかないため。", "seen": seen_on(shown(staff, where))}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("dispatch:drivers", args=[today()])
    page = answer.content.decode()
    assert other.shown_name in page
    assert "決まっていません" in page


@pytest.mark.parametrize(
    ("kind", "code"), [("shop", "NONE"), ("vehicle", "NONE"), ("driver", "NONE"), ("day", "some"), ("moon", "all")]
)
def test_what_is_not_there_is_not_found(drive: Drive, staff: Client, kind: str, code: str):
    assert staff.get(reverse("dispatch:call_off", args=[today(), kind, code])).status_code == 404


def test_a_partner_is_no_shop_and_a_vehicle_without_a_driver_has_none_to_call_off(drive: Drive, staff: Client):
    assert staff.get(reverse("dispatch:call_off", args=[today(), "shop", drive.stops[2].site.code])).status_code == 404
    assert staff.get(address(drive, "driver")).status_code == 404


@pytest.mark.parametrize("kind", ["shop", "vehicle", "day"])
def test_the_page_asks_equally_often_however_much_falls_out(drive: Drive, staff: Client, kind: str):
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            shown(staff, address(drive, kind))
        return len(caught)

    households(1)
    asked()
    once = asked()
    for _ in range(5):
        partner = PartnerFactory.create()
        line = an_order(partner)
        offer = an_offer(2, donor=drive.stops[1].site.donor)
        shipment = drive.shop(2, drive.stops[1], drive.stops[2], offer=offer, order_line=line)
        ShipmentProgress.objects.create(shipment=shipment)
    assert asked() == once
