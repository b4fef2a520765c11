"""A driver's day on the phone: by keyboard alone, and with the camera at a stop."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from foodbank.accounts.models import Role, User
from foodbank.inventory.models import Movement
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.labels.codes import code_url
from foodbank.labels.draw import LotLabel, draw_labels
from foodbank.labels.layouts import ROLL_50X30
from foodbank.labels.marks import Allergens
from foodbank.sites.models import Site
from logistics.dispatch.models import Delivery, DeliveryState, ShipmentProgress, StopProgress, StopState
from tests.e2e import films
from tests.e2e.conftest import PASSWORD, serious
from tests.factories import UserFactory
from tests.factories.under_way import Clock
from tests.logistics.dispatch.handover.conftest import FullDay, aboard_by_ledger, full, stands_at

__all__ = ["full"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def driver(full: FullDay) -> User:
    Site.objects.filter(pk__in=[stop.site_id for stop in full.drive.stops]).update(
        address="香川県高松市見本町1-2-3", phone="087-000-0000", access_note="裏の駐車場に停めて、勝手口から入ります。"
    )
    user = UserFactory.create(
        username="unten", first_name="運転", roles=[Role.DRIVER], roles__at=full.drive.depot, is_staff=False
    )
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(page: Any) -> None:
    page.goto("/login/?next=/driving/")
    page.get_by_label("利用者名").fill("unten")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_label("パスワード").press("Enter")
    page.wait_for_url("**/driving/**")


def press(page: Any, name: str) -> None:
    """The button of that name, reached by the Tab key and pressed with Enter; no pointer is used."""
    page.locator("#main").focus()
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()").startswith(name):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"no {name} to be reached with the keyboard")


def open_part(page: Any, name: str) -> None:
    page.locator("#main").focus()
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()").startswith(name):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"no {name} to be reached with the keyboard")


def look(page: Any) -> None:
    """Nothing serious by axe, nothing in the console, and nothing wider than the screen."""
    assert serious(page) == []
    assert page.faults == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_whole_day_by_keyboard(opened: Callable[..., Any], driver: User, full: FullDay) -> None:
    drive = full.drive
    page = opened(width=390, height=844)
    sign_in(page)
    look(page)
    press(page, f"{drive.code} に乗る")
    look(page)
    press(page, "全部積んだ")
    press(page, "出発する")
    look(page)
    press(page, "着いた")  # at the shop
    look(page)
    page.get_by_label("受け取った点数").fill("12")
    press(page, "この数を受け取った")
    press(page, "終わった")
    press(page, "着いた")  # at the first partner
    look(page)
    press(page, "全部渡した")
    open_part(page, "できなかった")  # the second partner is closed
    page.get_by_label("閉まっていた").check()
    look(page)
    press(page, "できなかったことを記録する")
    press(page, "着いた")  # at the venue
    press(page, "全部渡した")
    press(page, "着いた")  # at the visit
    look(page)
    page.get_by_label(full.u03.item.name).fill("5")
    page.get_by_label("来た世帯の数").fill("2")
    press(page, "移動パントリーを終える")
    press(page, "全部下ろした")
    look(page)
    press(page, "帰着した")
    look(page)
    assert page.get_by_text("お疲れさまでした").count() >= 1

    assert aboard_by_ledger(drive) == 0
    assert stands_at(f"{drive.depot.code}/in-chilled") == 2 + 4 + 3  # the shelf's share, the closed partner's, the visit's rest
    assert [one.state for one in Delivery.objects.order_by("pk")] == [DeliveryState.DELIVERED, DeliveryState.FAILED]
    assert StopProgress.objects.filter(state=StopState.DONE).count() == 6
    assert ledger_differences() == []


@pytest.mark.parametrize("width", [320, 1280])
def test_every_stop_fits_the_screen_also_with_large_text(
    opened: Callable[..., Any], driver: User, full: FullDay, width: int
) -> None:
    full.drive.shift.driver = driver
    full.drive.shift.save()
    page = opened(width=width, dark=width > 1000)
    sign_in(page)
    for stop in full.drive.stops:
        page.goto(reverse("driving:stop", args=[stop.code]))
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        look(page)


def test_taking_back_by_keyboard(opened: Callable[..., Any], driver: User, full: FullDay) -> None:
    full.drive.shift.driver = driver
    full.drive.shift.save()
    page = opened(width=390, height=844)
    sign_in(page)
    page.goto(reverse("driving:route", args=[full.drive.route.pk]))
    press(page, "全部積んだ")
    assert aboard_by_ledger(full.drive) == 19
    open_part(page, "直前の作業を取り消す")
    press(page, "取り消す")
    assert aboard_by_ledger(full.drive) == 0
    assert not ShipmentProgress.objects.filter(loaded__gt=0).exists()


@pytest.fixture
def on_the_way(driver: User, full: FullDay, monkeypatch: pytest.MonkeyPatch) -> FullDay:
    """It is 9:52, and the shop is to be reached at ten."""
    full.drive.shift.driver = driver
    full.drive.shift.save()
    full.set_out(Clock(monkeypatch), now="09:52", actor=driver)
    return full


def test_being_late_is_said_by_keyboard(opened: Callable[..., Any], on_the_way: FullDay) -> None:
    page = opened(width=360, height=740)
    sign_in(page)
    page.goto(reverse("driving:route", args=[on_the_way.drive.route.pk]))
    open_part(page, "おくれます")
    look(page)
    press(page, "10:30ごろ")
    assert page.get_by_text("「10:30ごろ着く」と知らせました。").is_visible()
    look(page)
    open_part(page, "着く時刻を変える")
    page.get_by_label("ほかの時刻").fill("10:40")
    press(page, "この時刻を知らせる")
    assert page.get_by_text("「10:40ごろ着く」と知らせました。").is_visible()
    press(page, "予定どおりに着けます")
    assert page.get_by_text("と知らせました").count() == 0


def test_being_late_is_said_without_a_script(opened: Callable[..., Any], on_the_way: FullDay) -> None:
    page = opened(width=360, height=740, java_script_enabled=False)
    sign_in(page)
    page.goto(reverse("driving:route", args=[on_the_way.drive.route.pk]))
    page.locator("summary", has_text="おくれます").click()
    page.get_by_role("button", name="11:00ごろ").click()
    assert page.get_by_text("「11:00ごろ着く」と知らせました。").is_visible()
    assert [f"{timezone.localtime(one.eta):%H:%M}" for one in Delivery.objects.order_by("eta")] == ["12:00", "13:00"]
    page.locator("summary", has_text="着く時刻を変える").click()
    page.get_by_role("button", name="10:20ごろ").click()
    assert page.get_by_text("「10:20ごろ着く」と知らせました。").is_visible()
    page.get_by_role("button", name="予定どおりに着けます").click()
    assert page.get_by_text("と知らせました").count() == 0


def test_a_label_before_the_camera_at_the_stop(
    driver: User, full: FullDay, camera: Callable[[Path], Any], tmp_path: Path
) -> None:
    """At the depot the label of the first partner's goods loads them."""
    full.drive.shift.driver = driver
    full.drive.shift.save()
    drawn = BytesIO()
    lot = full.u01.lot
    seen = LotLabel(
        code=lot.code, url=code_url(settings.BASE_URL, lot.code), name=lot.item.name, date_mark=lot.date_mark,
        date_text="", zone=lot.zone, zone_word="冷蔵", allergens=Allergens(), quantity_text="6点",
    )  # fmt: skip
    draw_labels([seen], layout=ROLL_50X30, out=drawn)
    page = camera(films.film(tmp_path / "label.mjpeg", films.label(drawn.getvalue())))
    sign_in(page)
    page.goto(reverse("driving:stop", args=[full.drive.stops[0].code]))
    page.locator("summary", has_text="ラベルやバーコードを読む").click()
    page.get_by_role("button", name="カメラで読む").click()
    page.get_by_text(f"積みました: {lot.item.name} 6点").wait_for(timeout=20_000)
    assert (ShipmentProgress.objects.get(shipment=full.u01).loaded, aboard_by_ledger(full.drive)) == (6, 6)
    assert Movement.objects.filter(reason="load", client_id__isnull=False).count() == 1
