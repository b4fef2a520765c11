"""The warehouse volunteer's day on a phone: with the camera on a film of real labels, and with the keyboard alone."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from PIL import Image

from foodbank.accounts.models import Role, User
from foodbank.catalog.models import Item
from foodbank.core.dates import today
from foodbank.donations.models import Offer
from foodbank.inventory.models import Balance, Lot, Movement, Place, Reason, RefusedScan
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.labels.codes import code_url
from foodbank.labels.draw_places import PlaceLabel, draw_place_labels
from foodbank.labels.layouts import ROLL_50X30
from foodbank.sites.models import Site, SiteKind
from logistics.fleet.models import Shift
from logistics.warehouse.selectors.reading import place_code
from tests.e2e import films
from tests.e2e.conftest import serious
from tests.factories import DonorFactory, ItemFactory, PartnerFactory, PlaceFactory, SiteFactory, UserFactory, stocked
from tests.factories.driving import Drive, an_order

pytestmark = pytest.mark.browser
PICTURES = ("home", "receive_list", "receive_offer", "lot", "move", "load", "pick", "refused")


@dataclass
class Depot:
    site: Site
    shelf: Place
    item: Item
    offer: Offer
    worker: User

    def units(self, code: str) -> int:
        return sum(Balance.objects.filter(place__code=code).values_list("quantity", flat=True))


@pytest.fixture
def depot(transactional_db: None) -> Depot:
    site = SiteFactory.create(code="W01", name="見本の倉庫", kind=SiteKind.DEPOT)
    item = ItemFactory.create(name="見本の牛乳", unit_weight_g=1030)
    offer = Offer.objects.create(
        donor=DonorFactory.create(), item=item, day=today(), quantity=12, last_day=today() + dt.timedelta(days=5),
        ready_from=dt.time(9), ready_until=dt.time(12),
    )  # fmt: skip
    worker = UserFactory.create(is_staff=False, roles=[Role.WAREHOUSE], roles__at=site)
    return Depot(site, PlaceFactory.create(code="C-01", site=site), item, offer, worker)


def signed_in(page: Any, user: User, address: str) -> Any:
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": address}]
    )
    return page


def a_route_for(depot: Depot, lot: Lot, quantity: int) -> Drive:
    """VAN1 takes so many units of the lot from its shelf to a partner today."""
    drive = Drive(depot=depot.site)
    partner = PartnerFactory.create()
    drive.shelf(
        quantity, drive.stop(depot.site), drive.stop(partner.site), lot=lot, place=depot.shelf, order_line=an_order(partner)
    )
    return drive.published()


def test_receive_label_scan_put_away_load_drop(
    depot: Depot, camera: Callable[[Path], Any], live_server: Any, tmp_path: Path
) -> None:
    # The bar code of the package is read: the one open offer of that product.
    page = signed_in(camera(films.film(tmp_path / "jan.mjpeg", films.ean13(depot.item.gtin))), depot.worker, live_server.url)
    page.goto(reverse("warehouse:receive_list"))
    page.get_by_role("button", name="カメラで読む").click()
    page.wait_for_url("**/receive/*/?code=*", timeout=20_000)
    page.get_by_label("受け取る点数").fill("10")
    page.get_by_role("button", name="受け入れる", exact=True).click()
    page.get_by_text("10 点を受け入れました").wait_for()
    lot = Lot.objects.get()
    # Its label, as the printer makes it, is read from the page that lists what to put away …
    pdf = page.request.get(reverse("warehouse:lot_label", args=[lot.code]) + "?layout=roll-50x30").body()
    seen = films.film(tmp_path / "label.mjpeg", films.label(pdf))
    page = signed_in(camera(seen), depot.worker, live_server.url)
    page.goto(reverse("warehouse:move_scan"))
    page.get_by_role("button", name="カメラで読む").click()
    page.wait_for_url(f"**/move/{lot.code}/", timeout=20_000)
    # … and then the label of the shelf.
    drawn = BytesIO()
    code = place_code(depot.shelf)
    shelf = PlaceLabel(code, code_url(settings.BASE_URL, code), depot.shelf.code, depot.shelf.zone, "冷蔵")
    draw_place_labels([shelf], layout=ROLL_50X30, out=drawn)
    page = signed_in(camera(films.film(tmp_path / "shelf.mjpeg", films.label(drawn.getvalue()))), depot.worker, live_server.url)
    page.goto(reverse("warehouse:move", args=[lot.code]))
    page.get_by_role("button", name="カメラで読む").click()
    page.get_by_text("10 点を C-01 に移しました").first.wait_for(timeout=20_000)
    # Six of the ten go by VAN1 today.
    drive = a_route_for(depot, lot, 6)
    page = signed_in(camera(seen), depot.worker, live_server.url)
    page.goto(reverse("warehouse:load", args=[drive.code]))
    page.get_by_role("button", name="カメラで読む").click()
    page.get_by_text("6 点を積みました").wait_for(timeout=20_000)
    page.get_by_text("全部積みました").wait_for()
    assert (depot.units("W01/in-chilled"), depot.units("C-01"), depot.units(f"{drive.code}/chilled")) == (0, 4, 6)  # 10 = 4 + 6
    # At the partner's door the driver reads the same label once more.
    driver = UserFactory.create(is_staff=False, roles=[Role.DRIVER], roles__at=depot.site)
    Shift.objects.filter(vehicle=drive.vehicle).update(driver=driver)
    door = drive.stops[1]
    page = signed_in(camera(seen), driver, live_server.url)
    page.goto(reverse("driving:stop", args=[door.code]))
    page.get_by_role("button", name="着いた").click()
    page.get_by_text("到着を記録しました").first.wait_for()
    page.locator("summary", has_text="ラベルやバーコードを読む").click()
    page.get_by_role("button", name="カメラで読む").click()
    page.get_by_text("渡しました: 見本の牛乳 6点").first.wait_for(timeout=20_000)
    assert depot.units(f"{drive.code}/chilled") == 0
    assert depot.units(f"RECIPIENT/{door.site.code}") == 6
    assert list(Movement.objects.values_list("reason", "grams")) == [
        ("receive", 10_300), ("move", 10_300), ("load", 6_180), ("hand_over", 6_180),
    ]  # fmt: skip
    assert not Movement.objects.filter(client_id__isnull=True).exists()
    assert ledger_differences() == []


def test_the_same_by_keyboard_alone(depot: Depot, opened: Callable[..., Any], live_server: Any) -> None:
    page = signed_in(opened(width=390), depot.worker, live_server.url)

    def press_to(name: str) -> None:
        """The Tab key alone leads there."""
        for _ in range(60):
            if page.evaluate(
                "name => document.activeElement.matches('a, button') && document.activeElement.innerText.includes(name)", name
            ):
                page.keyboard.press("Enter")
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {name!r}")

    page.goto(reverse("warehouse:home"))
    press_to("受け入れる")
    page.wait_for_url("**/receive/")
    # A keyboard scanner types into the field that has the focus, and ends with Enter.
    page.keyboard.type(depot.item.gtin)
    page.keyboard.press("Enter")
    page.wait_for_url("**/receive/*/?code=*")
    page.get_by_label("受け取る点数").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    page.get_by_text("10 点を受け入れました").wait_for()
    lot = Lot.objects.get()
    page.goto(reverse("warehouse:move_scan"))
    page.keyboard.type(lot.code.lower())
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/move/{lot.code}/")
    page.keyboard.type("c-01")
    page.keyboard.press("Enter")
    page.get_by_text("10 点を C-01 に移しました").first.wait_for()
    drive = a_route_for(depot, lot, 6)
    page.goto(reverse("warehouse:pick", args=[drive.code]))
    page.keyboard.type(lot.code)
    page.keyboard.press("Enter")
    page.get_by_text("6 点を取り出しました").wait_for()
    page.goto(reverse("warehouse:load", args=[drive.code]))
    page.keyboard.type(lot.code)
    page.keyboard.press("Enter")
    page.get_by_text("6 点を積みました").wait_for()
    page.keyboard.type(lot.code)
    page.keyboard.press("Enter")
    page.get_by_text("もう全部積んであります").wait_for()
    assert (depot.units("W01/out-chilled"), depot.units("C-01"), depot.units(f"{drive.code}/chilled")) == (0, 4, 6)
    assert ledger_differences() == []
    assert [fault for fault in page.faults if "409" not in fault] == []


def test_a_refusal_is_shape_word_and_sound_and_reaches_the_coordinators_list(
    depot: Depot, opened: Callable[..., Any], live_server: Any
) -> None:
    page = signed_in(opened(width=390), depot.worker, live_server.url)
    page.add_init_script(
        "window.tones = []; const start = OscillatorNode.prototype.start;"
        "OscillatorNode.prototype.start = function (...a) { tones.push(this.frequency.value); return start.apply(this, a); }"
    )
    drive = Drive(depot=depot.site).published()
    page.goto(reverse("warehouse:load", args=[drive.code]))
    page.keyboard.type("L0000000")
    page.keyboard.press("Enter")
    page.get_by_text("できません", exact=True).wait_for()
    assert page.locator("[data-tell-shape=refused]").is_visible()
    assert not page.locator("[data-tell-shape=ok]").is_visible()
    assert page.evaluate("tones") == [220, 165]  # low, twice: not the tone of what went well
    [kept] = RefusedScan.objects.all()
    assert (kept.mode, kept.text, kept.code, kept.site) == ("load", "L0000000", "warehouse.unknown_code", depot.site)
    assert serious(page) == []


def test_a_lost_reply_and_a_double_tap_leave_one_row(depot: Depot, opened: Callable[..., Any], live_server: Any) -> None:
    page = signed_in(opened(width=390), depot.worker, live_server.url)
    page.goto(reverse("warehouse:receive_offer", args=[depot.offer.pk]))
    page.get_by_role("button", name="受け入れる", exact=True).dblclick()
    page.get_by_text("12 点を受け入れました").wait_for()
    lot = Lot.objects.get()
    lost: list[str] = []

    def lose(route: Any) -> None:
        if len(lost) < 2:
            lost.append(route.request.headers["idempotency-key"])
            route.fetch()  # the server does it …
            route.abort()  # … and the phone never hears
        else:
            lost.append(route.request.headers["idempotency-key"])
            route.continue_()

    page.goto(reverse("warehouse:move", args=[lot.code]))
    page.route("**/warehouse/move/*/", lambda route: lose(route) if route.request.method == "POST" else route.continue_())
    page.get_by_label("移す先の棚").fill("C-01")
    page.get_by_role("button", name="移す", exact=True).dblclick()
    page.get_by_text("12 点を C-01 に移しました").first.wait_for(timeout=20_000)
    assert len(lost) == 3
    assert len(set(lost)) == 1  # the same number each time
    assert Movement.objects.filter(reason=Reason.RECEIVE).count() == 1
    assert Movement.objects.filter(reason=Reason.MOVE).count() == 1
    assert (depot.units("W01/in-chilled"), depot.units("C-01")) == (0, 12)
    assert ledger_differences() == []


@pytest.mark.parametrize(("width", "text"), [(320, "100%"), (390, "200%")])
def test_every_page_of_the_warehouse_is_sound(
    depot: Depot, opened: Callable[..., Any], live_server: Any, width: int, text: str
) -> None:
    page = signed_in(opened(width=width), depot.worker, live_server.url)
    found = []
    for name, address in addresses(depot).items():
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
        found += [f"{name}: {line}" for line in serious(page)]
        page.evaluate("size => { document.documentElement.style.fontSize = size }", text)
        shown = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{name}: {shown} px wide"] if shown > width else []
    assert found == []
    assert [fault for fault in page.faults if "404" not in fault] == []


def test_screenshots(depot: Depot, opened: Callable[..., Any], live_server: Any, tmp_path: Path) -> None:
    """Kept where ``TEST_SCREENSHOTS`` says (``make screenshots``)."""
    folder = Path(os.environ.get("TEST_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    shown = addresses(depot)
    for width in (390, 1280):
        page = signed_in(opened(width=width), depot.worker, live_server.url)
        for name in PICTURES:
            page.goto(shown[name])
            page.wait_for_load_state("networkidle")
            path = folder / f"warehouse-{name}-{width}-light.png"
            page.screenshot(path=path, full_page=True)
            with Image.open(path) as picture:
                small = picture.convert("RGB").quantize(128)
            small.save(path, optimize=True)
            assert path.stat().st_size > 5_000


def addresses(depot: Depot) -> dict[str, str]:
    """All pages with something on them."""
    lot, _shelf = stocked(30, place=depot.shelf, actor=depot.worker, item=depot.item, last_day=today())
    drive = a_route_for(depot, lot, 6)
    row = Movement.objects.latest("pk").pk
    lot_pages = {name: reverse(f"warehouse:{name}", args=[lot.code]) for name in ("lot", "move", "discard", "count")}
    plain = (
        "home",
        "find",
        "expiring",
        "place_list",
        "receive_list",
        "walk_in",
        "move_scan",
        "discard_scan",
        "count_scan",
        "routes",
        "mine",
    )
    return {
        **{name: reverse(f"warehouse:{name}") for name in plain},
        **lot_pages,
        "place": reverse("warehouse:place", args=[place_code(depot.shelf)]),
        "receive_offer": reverse("warehouse:receive_offer", args=[depot.offer.pk]),
        "item": reverse("warehouse:find") + f"?code={depot.item.gtin}",
        "refused": reverse("warehouse:find") + "?code=L0000000",
        "pick": reverse("warehouse:pick", args=[drive.code]),
        "load": reverse("warehouse:load", args=[drive.code]),
        "correct": reverse("warehouse:correct", args=[row]),
    }
