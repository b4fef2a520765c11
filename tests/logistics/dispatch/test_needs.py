"""What wants a person now: there while its cause is, gone when it is dealt with, each with the place to act."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from foodbank.accounts.models import Role
from foodbank.accounts.services.system import system_user
from foodbank.core.dates import today
from foodbank.core.errors import Refusal
from foodbank.core.models import OutboxMessage, OutboxState
from foodbank.donations.models import Offer
from foodbank.inventory.models import RefusedScan, ScanMode
from foodbank.messaging.models import CallState, CallToMake
from foodbank.pantry.models import Booking, BookingState, Household, PickupDay, Slot
from foodbank.partners.models import Order, Partner
from foodbank.partners.services.orders import cancel_order
from logistics.dispatch.models import (
    CallOff,
    CallOffKind,
    Delivery,
    DeliveryReceipt,
    FailReason,
    Plan,
    PlanStatus,
    ReceiptLine,
    Settled,
    Shipment,
    ShipmentProgress,
    StopProgress,
    StopState,
)
from logistics.dispatch.selectors.needs import Need, read_needs
from logistics.dispatch.selectors.slots import bookings_by_slot
from logistics.dispatch.services.handover import load
from logistics.dispatch.services.planning import make_plan
from logistics.dispatch.services.publishing import publish
from logistics.dispatch.services.settling import settle
from logistics.fleet.models import Shift
from tests.factories import PartnerFactory, UserFactory
from tests.factories.driving import Drive, an_order
from tests.logistics.dispatch.conftest import DAY
from tests.shared_data import day_dir

pytestmark = pytest.mark.django_db
# what is settled; failed stops; stops of vehicles that are away; goods left aboard; receipts; refused scans; letters; calls; call-offs;
# orders and offers changed since; shifts; slots
QUERIES = 13


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


@pytest.fixture
def drive() -> Drive:
    """Today: VAN1 brings something from the shelf to a partner."""
    drive = Drive()
    depot, partner = drive.stop(drive.depot), PartnerFactory.create()
    stop = drive.stop(partner.site)
    drive.shelf(10, depot, stop, order_line=an_order(partner))
    Shift.objects.update(driver=drive.actor)
    Plan.objects.update(created_at=timezone.now())  # made after the order was placed
    return drive.published()


def needs(day: dt.date | None = None) -> list[Need]:
    day = day or today()
    return read_needs(day, Plan.objects.current(day), bookings_by_slot(day)).found


def texts(day: dt.date | None = None) -> str:
    return "\n".join(need.text for need in needs(day))


def fail(drive: Drive, reason: FailReason = FailReason.ABSENT) -> StopProgress:
    return StopProgress.objects.create(
        stop=drive.stops[1], state=StopState.FAILED, fail_reason=reason, closed_at=timezone.now(), actor=drive.actor
    )


def test_a_day_where_all_is_well_wants_nobody(drive: Drive):
    assert needs() == []


def test_a_stop_that_failed_says_why_and_what_to_do_until_somebody_has_dealt_with_it(drive: Drive):
    progress = fail(drive)
    (need,) = needs()
    assert drive.stops[1].site.name in need.text
    assert "人がいなかった" in need.text
    assert "電話をして" in need.detail
    assert f"#route-{drive.code}" in need.url
    settle(day=today(), what=need.what, actor=drive.actor)
    assert needs() == []
    assert settle(day=today(), what=f"stop/{progress.stop_id}", actor=UserFactory.create()).actor == drive.actor


@pytest.mark.parametrize("reason", [FailReason.CALLED_OFF, FailReason.VEHICLE])
def test_what_we_called_off_ourselves_is_not_a_stop_that_went_wrong(drive: Drive, reason: FailReason):
    fail(drive, reason)
    assert not any(need.what.startswith("stop/") for need in needs())


@pytest.mark.parametrize("what", ["stop/0", "stop/999999", "receipt/1", "scan/1", "", "stop/1; --", "stop/" + "9" * 30])
def test_only_what_is_on_the_list_can_be_dealt_with(drive: Drive, what: str):
    with pytest.raises(Refusal) as refused:
        settle(day=today(), what=what, actor=drive.actor)
    assert refused.value.code == "needs.unknown"


def test_a_stop_of_another_day_is_not_dealt_with_on_this_one(drive: Drive):
    progress = fail(drive)
    with pytest.raises(Refusal):
        settle(day=today() + dt.timedelta(days=1), what=f"stop/{progress.stop_id}", actor=drive.actor)


def test_goods_that_nobody_will_get_any_more_have_to_come_back(drive: Drive):
    load(shipment=drive.shipments[0], actor=drive.actor)
    assert "積んだまま" not in texts()
    fail(drive)
    assert f"{drive.code} に、渡せなかった品が 10 点積んだまま" in texts()
    ShipmentProgress.objects.update(returned=10)
    assert "積んだまま" not in texts()


def test_what_a_partner_says_was_missing_or_damaged(drive: Drive):
    delivery = Delivery.objects.get()
    receipt = DeliveryReceipt.objects.create(delivery=delivery, actor=drive.actor, note="箱がぬれていました")
    assert needs() == []  # all well
    ReceiptLine.objects.create(receipt=receipt, shipment=drive.shipments[0], missing=2, damaged=1)
    (need,) = needs()
    assert "足りない 2 点・傷んでいた 1 点" in need.text
    assert need.detail == "箱がぬれていました"
    settle(day=today(), what=need.what, actor=drive.actor)
    assert needs() == []


def test_refused_scans_until_they_are_resolved(drive: Drive, staff: Client):
    scan = RefusedScan.objects.create(
        mode=ScanMode.choices[0][0],
        text="L1234567",
        code="inventory.held",
        text_ja="保留中です。",
        text_en="On hold.",
        actor=drive.actor,
    )
    (need,) = needs()
    assert "断られた読み取りが 1 件" in need.text
    page = staff.get(need.url).content.decode()
    assert "L1234567" in page
    assert "保留中です。" in page
    staff.post(reverse("dispatch:scan_resolve", args=[scan.pk]))
    assert needs() == []


def letter(partner: Partner | None = None, **fields: Any) -> OutboxMessage:
    partner = partner or PartnerFactory.create()
    params = {"day_ja": "12月5日(土)", "day_en": "Saturday", "orders": "O1", "reason": "雨"}
    payload = {"to": {"kind": "partner", "pk": partner.pk}, "template": "call_off_day_partner", "params": params}
    values = {"topic": "message", "key": uuid.uuid4().hex, "payload": payload, "due_at": timezone.now(), **fields}
    return OutboxMessage.objects.create(**values)


def test_a_dead_letter_is_sent_again_from_its_page(drive: Drive, staff: Client):
    dead = letter(state=OutboxState.DEAD, attempts=8, closed_at=timezone.now(), last_error="TimeoutError")
    letter(state=OutboxState.DEAD, attempts=1, closed_at=timezone.now(), last_error="gone")
    (need,) = needs()
    assert "送れなかったお知らせが 1 件" in need.text
    page = staff.get(need.url.partition("#")[0]).content.decode()
    assert "のお届けは中止です" in page
    assert "TimeoutError" in page
    staff.post(reverse("dispatch:letter_again", args=[dead.pk]))
    dead.refresh_from_db()
    assert dead.state == OutboxState.WAITING
    assert needs() == []


def test_messages_that_keep_failing_are_told_of_before_they_are_dead(drive: Drive):
    letter(attempts=1)
    assert needs() == []
    letter(attempts=2)
    assert "お知らせ 1 件の送信に手間取っています" in texts()


def call(kind: str, pk: int) -> CallToMake:
    return CallToMake.objects.create(
        message_id=uuid.uuid4(), to_kind=kind, to_pk=pk, template="call_off_shop_partner",
        params={"day_ja": "12月5日(土)", "day_en": "Saturday", "orders": "O1"},
    )  # fmt: skip


def test_a_call_is_made_from_a_list_with_the_telephone_number(drive: Drive, staff: Client):
    partner = PartnerFactory.create(site__phone="087-000-0000")
    made = call("partner", partner.pk)
    (need,) = needs()
    page = staff.get(need.url.partition("#")[0]).content.decode()
    assert partner.site.name in page
    assert 'href="tel:087-000-0000"' in page
    staff.post(reverse("dispatch:call_done", args=[made.pk]))
    made.refresh_from_db()
    assert made.state == CallState.DONE
    assert needs() == []
    staff.post(reverse("dispatch:call_open", args=[made.pk]))
    made.refresh_from_db()
    assert made.state == CallState.OPEN


def test_a_household_on_that_list_is_a_code_without_number_and_without_what_it_is_about(drive: Drive, staff: Client):
    household = Household.objects.create(code="K7M-2QX", size=3, registered_by=drive.actor)
    call("household", household.pk)
    page = staff.get(reverse("dispatch:notices")).content.decode()
    assert "K7M-2QX" in page
    assert "tel:" not in page
    assert "お届けの品" not in page
    contact = reverse("pantry:household_contact", args=[household.pk])
    assert contact not in page
    staff.force_login(UserFactory.create(roles=[Role.COORDINATOR, Role.REGISTRAR]))
    assert contact in staff.get(reverse("dispatch:notices")).content.decode()  # where a reason is asked for first
    Household.objects.update(forgotten_at=timezone.now())
    page = staff.get(reverse("dispatch:notices")).content.decode()
    assert "もう登録がない相手" in page
    assert contact not in page


def test_a_draft_wants_to_be_made_to_count(drive: Drive):
    Plan.objects.update(status=PlanStatus.DRAFT)
    assert "計画はまだ案です" in texts()


def test_what_changed_after_the_plan_was_made(drive: Drive):
    Plan.objects.update(created_at=timezone.now())
    line = an_order()
    assert "新しい注文 1 件" in texts()
    cancel_order(order=line.order, actor=drive.actor)
    assert "新しい注文" not in texts()
    planned = Order.objects.exclude(pk=line.order_id).get()
    Order.objects.filter(pk=planned.pk).update(created_at=timezone.now() - dt.timedelta(days=1))
    Plan.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
    cancel_order(order=planned, actor=drive.actor)
    assert "取り消された注文 1 件" in texts()
    Plan.objects.update(created_at=timezone.now() + dt.timedelta(hours=1))
    assert needs() == []


def test_what_fell_out_wants_a_new_plan_and_a_day_that_is_off_wants_nothing_else(drive: Drive):
    off = CallOff.objects.create(
        day=today(), kind=CallOffKind.VEHICLE, vehicle=drive.route.vehicle, reason="故障", actor=drive.actor
    )
    (need,) = needs()
    assert f"中止：{drive.code}" in need.text
    assert need.kind == "error"
    assert need.url.endswith("#planner")
    off.undone_at, off.undone_by = timezone.now(), drive.actor
    off.save()
    assert needs() == []
    CallOff.objects.create(day=today(), kind=CallOffKind.DAY, reason="台風", actor=drive.actor)
    assert "この日は中止" in texts()


def test_a_vehicle_without_a_driver_gets_one_from_those_who_may_drive(drive: Drive, staff: Client):
    Shift.objects.update(driver=None)
    (need,) = needs()
    assert drive.code in need.text
    driver = UserFactory.create(roles=[Role.DRIVER])
    stranger = UserFactory.create(roles=[])
    page = staff.get(need.url).content.decode()
    assert driver.shown_name in page
    assert stranger.shown_name not in page
    shift = Shift.objects.get()
    for chosen in (stranger, driver):
        staff.post(reverse("dispatch:driver_set", args=[today(), shift.pk]), {"driver": chosen.pk})
        shift.refresh_from_db()
        assert shift.driver == (driver if chosen is driver else None)
    assert needs() == []


def test_households_that_wait_while_another_slot_is_free(drive: Drive, staff: Client):
    day = PickupDay.objects.create(day=today(), site=PartnerFactory.create().site)
    full, free = (
        Slot.objects.create(pickup_day=day, start=dt.time(hour), end=dt.time(hour, 30), capacity=1) for hour in (10, 11)
    )
    Slot.objects.filter(pk=full.pk).update(taken=1)
    household = Household.objects.create(code="K7M-2QX", size=3, registered_by=drive.actor)
    Booking.objects.create(
        household=household, slot=full, day=today(), state=BookingState.WAITING, token=uuid.uuid4().hex, code="ABC234", via="page"
    )
    assert "1 世帯がキャンセル待ち" in texts()
    Slot.objects.filter(pk=free.pk).update(taken=1)
    assert "キャンセル待ち" not in texts()
    page = staff.get(reverse("dispatch:day", args=[today()])).content.decode()
    assert 'id="pickup-days"' in page
    assert "K7M-2QX" not in page


def test_the_list_is_read_again_only_when_it_has_changed(drive: Drive, staff: Client):
    address, htmx = reverse("dispatch:needs", args=[today()]), {"HX-Request": "true"}
    seen = read_needs(today(), Plan.objects.current(today()), []).seen
    assert staff.get(address, {"seen": seen}, headers=htmx).status_code == 204
    fail(drive)
    changed = staff.get(address, {"seen": seen}, headers=htmx)
    assert changed.status_code == 200
    assert "<html" not in changed.content.decode()
    assert 'id="needs"' in changed.content.decode()
    assert staff.get(address).status_code == 302  # without a script: the page itself


def test_dealing_with_it_on_the_page(drive: Drive, staff: Client):
    progress = fail(drive)
    page = staff.get(reverse("dispatch:day", args=[today()])).content.decode()
    assert f'value="stop/{progress.stop_id}"' in page
    staff.post(reverse("dispatch:settle", args=[today()]), {"what": f"stop/{progress.stop_id}"})
    assert Settled.objects.count() == 1
    assert f'value="stop/{progress.stop_id}"' not in staff.get(reverse("dispatch:day", args=[today()])).content.decode()


@pytest.mark.parametrize("name", ["example", "takamatsu-large"])
def test_it_asks_equally_often_however_much_there_is(staff: Client, name: str, capsys: pytest.CaptureFixture[str]):
    """Thirteen, and on the page's own address three more: session, user, roles; and which plan counts."""
    call_command("import_day", str(day_dir(name)), date=DAY.isoformat())
    actor = system_user()
    plan = publish(plan=make_plan(day=DAY, actor=actor, work=1), actor=actor) if name == "example" else None
    if plan is not None:
        for shipment in Shipment.objects.filter(plan=plan, lot__isnull=False)[:5]:
            load(shipment=shipment, actor=actor)
        for stop in plan.routes.first().stops.all():
            StopProgress.objects.create(stop=stop, state=StopState.FAILED, fail_reason=FailReason.CLOSED, actor=actor)
        plan.refresh_from_db()
    for partner in Partner.objects.all()[:3]:
        letter(partner, attempts=3)
        call("partner", partner.pk)
    Offer.objects.update(created_at=timezone.now() + dt.timedelta(minutes=1))
    with CaptureQueriesContext(connection) as caught:
        read_needs(DAY, plan, bookings_by_slot(DAY))
    assert len(caught) == (
        QUERIES if plan else QUERIES - 5
    )  # without a plan: no stops (2), no goods aboard, no changes since (2)
    address = reverse("dispatch:needs", args=[DAY])
    staff.get(address, headers={"HX-Request": "true"})
    with CaptureQueriesContext(connection) as page:
        staff.get(address, headers={"HX-Request": "true"})
    assert len(page) == len(caught) + 4


def test_the_list_of_calls_and_letters_asks_equally_often_however_long_it_is(staff: Client):
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            staff.get(reverse("dispatch:notices"))
        return len(caught)

    call("partner", PartnerFactory.create().pk)
    letter(attempts=3)
    asked()  # a first visit reads what stays in memory
    once = asked()
    for _ in range(10):
        call("partner", PartnerFactory.create().pk)
        letter(attempts=3)
    assert asked() == once
