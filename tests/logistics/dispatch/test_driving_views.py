"""The driver's pages, as plain forms: whose route it is, what each button does, and what is never shown."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from foodbank.accounts.models import Role, User
from foodbank.core.dates import today
from foodbank.inventory.models import Movement, RefusedScan
from foodbank.inventory.selectors.audit import ledger_differences
from logistics.dispatch.models import Delivery, DeliveryState, RouteProgress, ShipmentProgress, StopProgress, StopState
from logistics.dispatch.services import handover
from tests.factories import UserFactory
from tests.factories.driving import Drive, an_order
from tests.logistics.dispatch.handover.conftest import FullDay, aboard_by_ledger, full, stands_at

__all__ = ["full"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def driver(full: FullDay) -> User:
    made = UserFactory.create(roles=[Role.DRIVER], roles__at=full.drive.depot, is_staff=False)
    full.drive.shift.driver = made
    full.drive.shift.save()
    return made


@pytest.fixture
def phone(client: Client, driver: User) -> Client:
    client.force_login(driver)
    return client


def press(client: Client, name: str, *args: Any, number: uuid.UUID | None = None, **fields: Any) -> Any:
    return client.post(reverse(f"driving:{name}", args=args), {"client_id": str(number or uuid.uuid4()), **fields})


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_a_whole_day_by_plain_forms(phone: Client, full: FullDay) -> None:
    drive = full.drive
    depot, shop, first, second, venue, visit, home = drive.stops
    assert press(phone, "load", depot.code).status_code == 302
    press(phone, "finish", depot.code)
    press(phone, "arrive", shop.code)
    assert press(phone, "collect", shop.code, full.offer.pk, quantity="12").status_code == 302  # 6, 4 and 2 for the shelf
    press(phone, "finish", shop.code)
    press(phone, "arrive", first.code)
    press(phone, "drop", first.code, shipment="u01", quantity="4")
    press(phone, "drop", first.code)  # the rest, and the stop is over
    press(phone, "fail", second.code, reason="closed")
    press(phone, "arrive", venue.code)
    press(phone, "drop", venue.code)
    press(phone, "arrive", visit.code)
    press(phone, "visit", visit.code, **{f"units_{full.u03.pk}": "5", "households": "2"})
    press(phone, "drop", home.code)
    assert aboard_by_ledger(drive) == 4 + 3  # the closed partner's, and what the visit had left
    press(phone, "back", drive.route.pk)

    assert aboard_by_ledger(drive) == 0
    assert stands_at(f"{drive.depot.code}/in-chilled") == 2 + 4 + 3
    assert set(StopProgress.objects.exclude(stop=second).values_list("state", flat=True)) == {StopState.DONE}
    assert RouteProgress.objects.get().back_at is not None
    assert [one.state for one in Delivery.objects.order_by("pk")] == [DeliveryState.DELIVERED, DeliveryState.FAILED]
    assert ledger_differences() == []


@pytest.mark.parametrize("at", range(7))
def test_each_stop_shows_itself_before_and_after(phone: Client, full: FullDay, at: int) -> None:
    stop = full.drive.stops[at]
    for _ in range(2):
        page = phone.get(reverse("driving:stop", args=[stop.code]))
        assert page.status_code == 200
        assert stop.site.name in page.content.decode()
        press(phone, "arrive", stop.code)


def test_the_next_stop_says_where_when_how_to_get_in_and_what(phone: Client, full: FullDay) -> None:
    site = full.drive.stops[2].site
    site.address, site.phone, site.access_note = "見本市1-2-3", "087-000-0000", "裏口から"
    site.save()
    for stop in full.drive.stops[:2]:
        press(phone, "finish", stop.code, rest_stays="on")
    page = phone.get(reverse("driving:route", args=[full.drive.route.pk])).content.decode()
    for part in (site.name, "見本市1-2-3", "裏口から", 'href="tel:087-000-0000"', f"{site.latitude},{site.longitude}", "着いた"):
        assert part in page


def test_the_same_press_twice_counts_once(phone: Client, full: FullDay) -> None:
    number = uuid.uuid4()
    depot = full.drive.stops[0]
    first = press(phone, "load", depot.code, number=number, shipment="u01", quantity="2")
    again = press(phone, "load", depot.code, number=number, shipment="u01", quantity="2")
    assert (first.status_code, again.status_code, again["Idempotency-Replayed"]) == (302, 302, "true")
    assert ShipmentProgress.objects.get(shipment=full.u01).loaded == 2
    assert Movement.objects.get(reason="load").client_id == number
    other = press(phone, "load", depot.code, number=number, shipment="u01", quantity="3")
    assert other.status_code == 422


def test_a_press_without_a_number_is_refused(phone: Client, full: FullDay) -> None:
    answer = phone.post(reverse("driving:arrive", args=[full.drive.stops[1].code]))
    assert answer.status_code == 400
    assert not StopProgress.objects.exists()


def test_a_refusal_is_told_on_the_page_it_came_from(phone: Client, full: FullDay) -> None:
    answer = press(phone, "drop", full.drive.stops[2].code)
    assert answer.status_code == 302
    assert said(answer) == ["ここで渡す品は車に積んでありません。もう渡したか、積んでいません。"]


def test_a_shop_s_count_that_cannot_be_read_comes_back_with_the_reason(phone: Client, full: FullDay) -> None:
    shop = full.drive.stops[1]
    press(phone, "arrive", shop.code)
    answer = press(phone, "collect", shop.code, full.offer.pk, quantity="12", refused="3", date="2027.13")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "お断りした理由を選んでください" in page
    assert 'value="2027.13"' in page
    assert aboard_by_ledger(full.drive) == 0


def test_taking_back_the_last_press(phone: Client, full: FullDay) -> None:
    press(phone, "load", full.drive.stops[0].code)
    page = phone.get(reverse("driving:route", args=[full.drive.route.pk]))
    batch = page.context["page"].last[0].batch
    press(phone, "undo", full.drive.route.pk, batch=str(batch))
    assert aboard_by_ledger(full.drive) == 0
    assert press(phone, "undo", full.drive.route.pk, batch="x").status_code == 404


def test_reading_a_label_hands_over_and_a_wrong_one_is_kept_for_the_coordinator(phone: Client, full: FullDay) -> None:
    drive = full.drive
    press(phone, "scan", drive.stops[0].code, code=full.u01.lot.code)
    press(phone, "load", drive.stops[0].code)
    assert ShipmentProgress.objects.get(shipment=full.u01).loaded == 6
    press(phone, "arrive", drive.stops[2].code)
    press(phone, "scan", drive.stops[2].code, code=full.u02.lot.code)  # the venue's
    assert ShipmentProgress.objects.get(shipment=full.u02).dropped == 0
    kept = RefusedScan.objects.get()
    assert (kept.code, kept.text, kept.site) == ("dispatch.not_for_this_stop", full.u02.lot.code, drive.stops[2].site)
    press(phone, "scan", drive.stops[2].code, code=full.u01.lot.code)
    assert ShipmentProgress.objects.get(shipment=full.u01).dropped == 6


def test_our_script_gets_json_and_the_goods_anew(phone: Client, full: FullDay) -> None:
    address = reverse("driving:scan", args=[full.drive.stops[0].code])
    headers = {"Accept": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    answer = phone.post(address, {"code": full.u01.lot.code}, headers=headers)
    assert answer.json()["tell"] == "ok"
    assert "積んだ" in answer.json()["html"]
    headers["Idempotency-Key"] = str(uuid.uuid4())
    refused = phone.post(address, {"code": full.u01.lot.code}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "dispatch.done_here")
    shop = reverse("driving:scan", args=[full.drive.stops[1].code])
    headers["Idempotency-Key"] = str(uuid.uuid4())
    assert f"count={full.offer.pk}" in phone.post(shop, {"code": full.offer.item.gtin}, headers=headers).json()["go"]


def test_a_free_vehicle_is_taken_with_one_tap_and_only_once(client: Client, full: FullDay) -> None:
    one, two = (UserFactory.create(roles=[Role.DRIVER], roles__at=full.drive.depot, is_staff=False) for _ in range(2))
    client.force_login(one)
    assert [row.route for row in client.get(reverse("driving:home")).context["home"].free] == [full.drive.route]
    assert client.get(reverse("driving:route", args=[full.drive.route.pk])).status_code == 404
    assert press(client, "take", full.drive.route.pk)["Location"] == reverse("driving:route", args=[full.drive.route.pk])
    home = client.get(reverse("driving:home")).context["home"]
    assert ([row.route for row in home.mine], home.free) == ([full.drive.route], [])
    client.force_login(two)
    assert client.get(reverse("driving:home")).context["home"].free == []
    assert press(client, "take", full.drive.route.pk)["Location"] == reverse("driving:home")
    full.drive.shift.refresh_from_db()
    assert full.drive.shift.driver == one


def test_a_vehicle_of_another_place_is_not_there(client: Client, full: FullDay) -> None:
    stranger = UserFactory.create(roles=[Role.DRIVER], roles__at=Drive().depot, is_staff=False)
    client.force_login(stranger)
    assert full.drive.route not in [row.route for row in client.get(reverse("driving:home")).context["home"].free]
    assert press(client, "take", full.drive.route.pk).status_code == 404


def test_a_draft_and_another_day_are_not_a_driver_s(phone: Client, full: FullDay) -> None:
    address = reverse("driving:route", args=[full.drive.route.pk])
    assert phone.get(address).status_code == 200
    for status in ("draft", "replaced"):
        type(full.drive.plan).objects.update(status=status)
        assert phone.get(address).status_code == 404


def test_midnight_takes_no_route_from_its_driver_while_it_is_on_the_road(client: Client) -> None:
    driver = UserFactory.create(roles=[Role.DRIVER], is_staff=False)
    drive = Drive(day=today() - dt.timedelta(days=1))
    line = an_order()
    depot, partner = drive.stop(drive.depot), drive.stop(line.order.partner.site)
    drive.shelf(2, depot, partner, order_line=line)
    drive.published()
    drive.shift.driver = driver
    drive.shift.save()
    client.force_login(driver)
    address = reverse("driving:route", args=[drive.route.pk])
    assert client.get(address).status_code == 404  # it never left: yesterday is over
    handover.load_all(stop=depot, actor=drive.actor)
    handover.finish_stop(stop=depot, actor=drive.actor)
    assert client.get(address).status_code == 200
    assert [row.route for row in client.get(reverse("driving:home")).context["home"].mine] == [drive.route]
    assert press(client, "drop", partner.code).status_code == 302
    assert aboard_by_ledger(drive) == 0
    client.force_login(UserFactory.create(roles=[Role.DRIVER], is_staff=False))
    assert client.get(address).status_code == 404  # somebody else's
    client.force_login(driver)
    press(client, "back", drive.route.pk)
    assert client.get(address).status_code == 404


def test_a_coordinator_sees_every_route_and_may_act(client: Client, driver: User, full: FullDay) -> None:
    client.force_login(UserFactory.create())
    assert [row.driver for row in client.get(reverse("driving:home")).context["home"].others] == [driver]
    press(client, "arrive", full.drive.stops[1].code)
    assert RouteProgress.objects.get().driver == driver  # the one on the shift drives, whoever presses
