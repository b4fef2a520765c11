"""From the registration link to the hand-over: on two phones, with the camera on the ticket; with the keyboard alone and no script."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from foodbank.accounts.models import Role, User
from foodbank.accounts.services.system import system_user
from foodbank.core.dates import today
from foodbank.inventory.models import Balance, LotAllergen, Movement, Reason
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.pantry.models import Allergies, Booking, BookingState, Channel, CheckKind, PickupDay
from foodbank.pantry.services.households import ContactData
from foodbank.pantry.services.links import new_link, new_registration_link
from foodbank.pantry.views import door
from tests.e2e import films
from tests.e2e.conftest import serious
from tests.factories import ItemFactory, PlaceFactory, UserFactory, allergen, stocked
from tests.factories.pantry import booking, household, pickup_day, venue

pytestmark = pytest.mark.browser
GOODS = ("見本のパン", "見本のレトルトカレー", "見本のバナナ", "見本の牛乳", "見本のツナ缶", "見本のうどん", "見本のジャム")


@pytest.fixture
def day(transactional_db: None) -> PickupDay:
    """Today at a venue with seven kinds on its shelf, one of which contains egg."""
    site = venue(code="V01", name="見本の会場", address="見本市見本町1-2-3")
    made = pickup_day(day=today(), site=site, capacity=3, session=True, area="見本駅のあたり")
    shelf = PlaceFactory.create(code="V01/chilled", site=site)
    for number, name in enumerate(GOODS):
        lot, _ = stocked(
            4, place=shelf, item=ItemFactory.create(name=name, unit_weight_g=500), last_day=today() + dt.timedelta(days=number)
        )
        if name == "見本のパン":
            LotAllergen.objects.create(lot=lot, allergen=allergen("卵"))
    return made


@pytest.fixture
def gatekeeper(day: PickupDay) -> User:
    return UserFactory.create(is_staff=False, roles=[Role.RECEPTION], roles__at=day.site)


def signed_in(page: Any, user: User, address: str) -> Any:
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": address}])
    return page


def registration() -> str:
    _link, secret = new_registration_link(
        title="見本の窓口", expires_at=timezone.now() + dt.timedelta(days=1), check_kind=CheckKind.REFERRAL, actor=system_user()
    )
    return reverse("pantry:register", args=[secret])


def handed_over_rightly(day: PickupDay) -> None:
    """6 safe kinds of 500 g: one each is 3 kg; second units of the first two, 4 kg = 8 × 500 g. The bread, with egg, stays."""
    made = Booking.objects.get()
    assert made.state == BookingState.HANDED_OVER
    rows = Movement.objects.filter(reason=Reason.HAND_OVER).select_related("lot__item", "target")
    assert {row.target.code for row in rows} == {"RECIPIENT/V01"}
    assert {row.document for row in rows} == {f"parcel/{made.parcels.get().pk}"}
    assert sum(row.grams for row in rows) == 8 * 500
    assert "見本のパン" not in {row.lot.item.name for row in rows}
    left = Balance.objects.filter(place__code="V01/chilled")
    assert sum(left.values_list("quantity", flat=True)) == 7 * 4 - 8
    assert sum(left.values_list("reserved", flat=True)) == 0
    assert ledger_differences() == []


def test_two_phones_and_a_camera(
    day: PickupDay, gatekeeper: User, opened: Callable[..., Any], camera: Callable[[Path], Any], live_server: Any, tmp_path: Path
) -> None:
    phone = opened(width=390, height=844)
    phone.goto(registration())
    assert serious(phone) == []
    phone.get_by_label("世帯の人数").fill("3")
    phone.get_by_label("1～5歳").fill("1")
    phone.get_by_label("あります（下で選ぶ）").check()
    phone.get_by_label("卵", exact=True).check()
    phone.get_by_label("お知らせは不要").check()
    phone.get_by_role("button", name="登録する").click()
    assert phone.get_by_role("link", name="/my/enter/").is_visible()
    phone.get_by_role("button", name="保存しました").click()
    assert "見本の会場" not in phone.content()
    phone.get_by_role("link", name="時間を選ぶ").click()
    phone.locator(".guest-slot").last.click()
    phone.get_by_role("button", name="この時間で予約する").click()
    assert phone.get_by_text("見本市見本町1-2-3").is_visible()
    assert serious(phone) == []
    assert phone.title() == "ご予約"
    picture = Image.open(BytesIO(phone.locator(".guest-qr svg").screenshot()))

    gate = signed_in(
        camera(films.film(tmp_path / "ticket.mjpeg", films.before_camera(picture, turned=5))), gatekeeper, live_server.url
    )
    gate.goto("/gate/")
    gate.get_by_role("button", name="カメラで読む").click()
    gate.wait_for_url("**/gate/bookings/*/")
    assert gate.locator(".gate-names").inner_text().strip() == "卵"
    assert "見本のパン" not in gate.locator(".gate-lines").inner_text()
    assert gate.get_by_text("うち子ども 1 人").is_visible()
    gate.get_by_role("button", name="お渡し済みにする").click()
    gate.wait_for_url("**/gate/*/")
    assert gate.get_by_text("お渡ししました。").is_visible()
    handed_over_rightly(day)

    phone.goto("/my/")
    phone.get_by_role("link", name="2つだけ教えてください").click()
    phone.get_by_label("とても").check()
    phone.get_by_label("手伝ってみたい").check()
    phone.get_by_role("button", name="送る").click()
    assert phone.get_by_text("ありがとうございました。").is_visible()
    assert phone.faults == []


def tab_to(page: Any, locator: Any) -> Any:
    """Walk there with the Tab key."""
    for _ in range(120):
        if locator.evaluate("element => element === document.activeElement"):
            return locator
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not reach {locator}")


def test_with_the_keyboard_alone_and_without_a_script(
    day: PickupDay, gatekeeper: User, opened: Callable[..., Any], live_server: Any
) -> None:
    phone = opened(width=390, java_script_enabled=False)
    keys = phone.keyboard
    phone.goto(registration())
    tab_to(phone, phone.get_by_label("世帯の人数"))
    keys.type("3")
    # a group of choices is one stop of the Tab key; the arrows walk inside
    tab_to(phone, phone.get_by_label("ありません"))
    keys.press("ArrowDown")
    tab_to(phone, phone.get_by_label("卵", exact=True))
    keys.press("Space")
    tab_to(phone, phone.get_by_label("メール", exact=True))
    keys.press("ArrowUp")
    tab_to(phone, phone.get_by_role("button", name="登録する"))
    keys.press("Enter")
    tab_to(phone, phone.get_by_role("button", name="保存しました"))
    keys.press("Enter")
    tab_to(phone, phone.get_by_role("link", name="時間を選ぶ"))
    keys.press("Enter")
    tab_to(phone, phone.locator(".guest-slot input").first)
    keys.press("Space")
    tab_to(phone, phone.get_by_role("button", name="この時間で予約する"))
    keys.press("Enter")
    phone.wait_for_url("**/my/bookings/*/")
    code = phone.locator(".guest-code strong").inner_text()

    gate = signed_in(opened(width=390, java_script_enabled=False), gatekeeper, live_server.url)
    gate.goto("/gate/")
    tab_to(gate, gate.locator("#code"))
    gate.keyboard.type(code.lower())
    gate.keyboard.press("Enter")
    gate.wait_for_url("**/gate/bookings/*/")
    tab_to(gate, gate.get_by_role("button", name="お渡し済みにする"))
    gate.keyboard.press("Enter")
    gate.wait_for_url("**/gate/*/")
    handed_over_rightly(day)

    # a second time: refused in shape and words
    tab_to(gate, gate.locator("#code"))
    gate.keyboard.type(code)
    gate.keyboard.press("Enter")
    assert "もうお渡し済みです" in gate.get_by_role("alert").inner_text()


def test_leaving_quickly_leaves_no_way_back(
    day: PickupDay, opened: Callable[..., Any], live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = f"{live_server.url.replace('localhost', '127.0.0.1')}/healthz"  # another host for the browser
    monkeypatch.setattr(door, "ELSEWHERE", elsewhere)
    phone = opened(width=390)
    phone.goto(reverse("pantry:enter", args=[new_link(household=household(), actor=system_user())]))
    phone.get_by_role("button", name="自分の電話で開く").click()
    phone.wait_for_url("**/my/")
    phone.get_by_role("link", name="すぐに離れる").click()
    phone.wait_for_url(elsewhere)
    phone.go_back()
    assert "ご予約" not in phone.get_by_role("heading").first.inner_text() or "開きます" in phone.content()
    phone.goto("/my/")
    assert phone.get_by_role("heading", name="ページを閉じました").is_visible()


@pytest.fixture
def addresses(day: PickupDay, gatekeeper: User) -> dict[str, tuple[User, str]]:
    """Every page, by name, with somebody who may open it."""
    who = household(
        allergies=Allergies.LISTED, allergens=[allergen("卵"), allergen("乳")],
        contact=ContactData(channel=Channel.EMAIL, email="mihon@example.jp"),
    )  # fmt: skip
    mine = booking(slot=day.slots.last(), of=who)
    for _ in range(4):
        booking(slot=day.slots.first())
    coming = pickup_day(day=today() + dt.timedelta(days=3), site=day.site, session=True, area="見本駅のあたり")
    guest, desk = who.account, UserFactory.create()
    registrar = UserFactory.create(is_staff=False, roles=[Role.REGISTRAR])
    assert guest is not None
    return {
        "my": (guest, "/my/"),
        "choose": (guest, f"/my/days/{coming.pk}/"),
        "ticket": (guest, f"/my/bookings/{mine.pk}/"),
        "ticket-easy": (guest, f"/my/bookings/{mine.pk}/?lang=easy"),
        "choose-easy": (guest, f"/my/days/{coming.pk}/?lang=easy"),
        "ticket-en": (guest, f"/my/bookings/{mine.pk}/?lang=en"),
        "together": (guest, f"/my/days/{coming.pk}/together/?lang=ja"),
        "data": (guest, "/my/data/?lang=ja"),
        "forget": (guest, "/my/data/forget/"),
        "register": (guest, registration() + "?lang=ja"),
        "gate": (gatekeeper, f"/gate/{day.pk}/"),
        "gate-booking": (gatekeeper, f"/gate/bookings/{mine.pk}/"),
        "gate-list": (gatekeeper, f"/gate/{day.pk}/list/"),
        "gate-walk-in": (gatekeeper, f"/gate/{day.pk}/walk-in/"),
        "gate-book": (gatekeeper, f"/gate/{day.pk}/book/"),
        "pickup-days": (desk, "/pickup-days/"),
        "pickup-day": (desk, f"/pickup-days/{day.pk}/"),
        "pickup-day-new": (desk, "/pickup-days/new/"),
        "figures": (desk, "/pickup-days/figures/"),
        "households": (registrar, "/households/"),
        "household": (registrar, f"/households/{who.pk}/"),
        "household-new": (registrar, "/households/new/"),
        "links": (registrar, "/households/links/"),
    }


@pytest.mark.parametrize(("width", "dark"), [(390, False), (1280, True)], ids=["phone light", "desk dark"])
def test_axe_finds_nothing_serious_and_nothing_runs_out_of_the_page(
    addresses: dict[str, tuple[User, str]], opened: Callable[..., Any], live_server: Any, width: int, dark: bool
) -> None:
    folder = os.environ.get("TEST_SCREENSHOTS")
    found: list[str] = []
    pages: dict[int, Any] = {}
    for name, (user, address) in addresses.items():
        if user.pk not in pages:
            pages[user.pk] = signed_in(opened(width=width, dark=dark), user, live_server.url)
        page = pages[user.pk]
        page.goto(address)
        page.evaluate("document.querySelectorAll('details.more').forEach(part => { part.open = true })")
        found += [f"{name}: {line}" for line in serious(page)]
        if folder:
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
        for narrow, text in ((320, "100%"), (width, "200%")):
            page.set_viewport_size({"width": narrow, "height": 900})
            page.evaluate("size => { document.documentElement.style.fontSize = size }", text)
            shown = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{name}: {shown} wide at {narrow} with {text}"] if shown > narrow else []
        page.set_viewport_size({"width": width, "height": 900})
    assert found == []
    assert [fault for page in pages.values() for fault in page.faults] == []
