"""Route sheets of stored plans, and the command that prints them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.core.management import call_command

from foodbank.core.dates import at, today
from foodbank.donations.models import Offer
from foodbank.inventory.models import LotAllergen
from foodbank.labels.codes import CodeKind, code_url, make_code
from foodbank.pantry.models import PickupDay, Slot
from foodbank.partners.models import Order, OrderLine
from foodbank.sites.models import Site
from logistics.dispatch.models import MobileVisit, Plan, PlanStatus, Route, RouteBreak, Shipment, Stop
from logistics.fleet.models import Shift, Vehicle
from logistics.sheets.model import RouteSheet
from logistics.sheets.selectors import route_sheets
from tests.factories import DonorFactory, ItemFactory, PartnerFactory, SiteFactory, UserFactory, allergen, category, stocked

pytestmark = pytest.mark.django_db
BASE_URL = "https://foodbank.example.jp"


def sheets() -> list[RouteSheet]:
    return route_sheets(today(), base_url=BASE_URL)


class Day:
    """A plan of one vehicle: load at the depot, collect at a shop, deliver to a partner."""

    def __init__(self, vehicle: str = "VAN1", status: str = PlanStatus.DRAFT, plan: Plan | None = None) -> None:
        self.user = UserFactory.create()
        self.depot = Site.objects.filter(code="W01").first() or SiteFactory.create(code="W01", name="見本の倉庫")
        self.vehicle = Vehicle.objects.get_or_create(
            code=vehicle, defaults={"name": "保冷車", "kind": "van", "depot": self.depot, "ambient_g": 1}
        )[0]
        zero = dict.fromkeys(
            ("stop_s", "per_kg_s", "ordered_g", "delivered_g", "donated_g", "collected_g", "distance_m", "drive_s", "cost"), 0
        )
        self.plan = plan or Plan.objects.create(
            day=today(),
            status=status,
            travel_provider="great_circle",
            detour=1.3,
            speed_kmh=24,
            document={},
            actor=self.user,
            **zero,
        )
        self.route = Route.objects.create(
            plan=self.plan,
            vehicle=self.vehicle,
            depart=self.time(8, 30),
            back=self.time(15, 10),
            distance_m=41_200,
            drive_s=6_000,
        )

    @staticmethod
    def time(hour: int, minute: int = 0) -> dt.datetime:
        return at(today(), dt.time(hour, minute))

    def stop(self, site: Site, hour: int, **values: Any) -> Stop:
        number = Stop.objects.count()
        return Stop.objects.create(
            route=self.route,
            sequence=number,
            code=make_code(number, kind=CodeKind.STOP),
            site=site,
            arrive=self.time(hour),
            start=self.time(hour, 5),
            leave=self.time(hour, 15),
            **values,
        )

    def ship(self, pick: Stop, drop: Stop, **values: Any) -> Shipment:
        source = values.get("lot") or values["offer"]
        return Shipment.objects.create(
            plan=self.plan,
            unit=f"u{Shipment.objects.count() + 1}",
            item=source.item,
            quantity=values.pop("quantity", 4),
            grams=values.pop("grams", 4_000),
            zone=source.item.zone,
            pick_stop=pick,
            drop_stop=drop,
            **values,
        )

    def fill(self) -> None:
        """Stops: depot 8:00, shop 9:00, partner 10:00, depot 11:00."""
        lot, shelf = stocked(24, item=ItemFactory.create(name="牛乳1L"), last_day=dt.date(2099, 12, 8))
        LotAllergen.objects.create(lot=lot, allergen=allergen("乳"))
        donor = DonorFactory.create()
        item = ItemFactory.create(name="食パン", zone="ambient", date_mark="use_by")
        item.allergens.add(allergen("小麦"))
        self.offer = Offer.objects.create(
            donor=donor,
            item=item,
            day=today(),
            quantity=9,
            last_day=dt.date(2099, 12, 6),
            ready_from=dt.time(9),
            ready_until=dt.time(12),
        )
        partner = PartnerFactory.create()
        order = Order.objects.create(
            ref="O007",
            partner=partner,
            delivery_date=today(),
            window_from=dt.time(10),
            window_until=dt.time(12),
            children=40,
            note="裏口へ",
        )
        order.excluded_allergens.add(allergen("卵"))
        line = OrderLine.objects.create(order=order, category=category("dairy"), quantity_g=4_000)
        load, shop = self.stop(self.depot, 8), self.stop(donor.site, 9)
        drop, back = self.stop(partner.site, 10), self.stop(self.depot, 11)
        self.ship(load, drop, lot=lot, place=shelf, order_line=line)
        self.ship(shop, back, offer=self.offer, quantity=9, grams=9_000)
        self.lot, self.partner, self.donor = lot, partner, donor


def test_a_sheet_tells_the_whole_route():
    day = Day()
    day.fill()
    RouteBreak.objects.create(route=day.route, start=day.time(9, 20), end=day.time(9, 50))
    driver = UserFactory.create(last_name="見本", first_name="太郎")
    Shift.objects.create(vehicle=day.vehicle, day=today(), start=dt.time(8), end=dt.time(16), break_minutes=45, driver=driver)
    (sheet,) = sheets()
    assert (sheet.vehicle_code, sheet.vehicle_name, sheet.depot_name) == ("VAN1", "保冷車", "見本の倉庫")
    assert (sheet.depart, sheet.back, sheet.distance_m, sheet.draft) == (day.time(8, 30), day.time(15, 10), 41_200, True)
    assert "太郎" in sheet.driver
    assert [rest.minutes for rest in sheet.breaks] == [30]
    assert [stop.number for stop in sheet.stops] == [0, 1, 2, 0]
    assert [stop.site_code for stop in sheet.stops] == ["W01", day.donor.site.code, day.partner.site.code, "W01"]


def test_a_lot_line_says_where_from_where_to_and_what():
    day = Day()
    day.fill()
    (sheet,) = sheets()
    load, _, drop, _ = sheet.stops
    (picked,), (dropped,) = load.pick_up, drop.drop_off
    assert (picked.item, picked.quantity, picked.grams, picked.zone_word) == ("牛乳1L", 4, 4_000, "冷蔵")
    assert picked.source == dropped.source == day.lot.code
    assert picked.shelf.startswith("C-")
    assert (picked.goes_to, dropped.goes_to) == (2, None)
    assert dropped.order_ref == "O007"
    assert dropped.date_text == "賞味期限 2099年12月8日"
    assert dropped.allergens is not None
    assert dropped.allergens.contains == ("乳",)


def test_goods_straight_from_the_shop_keep_the_shops_code_and_the_items_facts():
    day = Day()
    day.fill()
    (sheet,) = sheets()
    _, shop, _, back = sheet.stops
    (picked,), (dropped,) = shop.pick_up, back.drop_off
    assert (picked.source, picked.shop, picked.shelf) == ("", day.donor.site.code, "")
    assert picked.goes_to == 0  # back to the depot
    assert dropped.order_ref == "倉庫へ"
    assert picked.date_text == "消費期限 2099年12月6日"
    assert picked.allergens is not None
    assert picked.allergens.contains == ("小麦",)
    assert shop.windows == ((dt.time(9), dt.time(12)),)


def test_a_partners_stop_tells_window_children_and_what_to_keep_out():
    day = Day()
    day.fill()
    drop = sheets()[0].stops[2]
    assert drop.windows == ((dt.time(10), dt.time(12)),)
    second = Order.objects.create(
        ref="O008", partner=day.partner, delivery_date=today(), window_from=dt.time(9), window_until=dt.time(11), children=5
    )
    line = OrderLine.objects.create(order=second, category=category("dairy"), quantity_g=1_000)
    other, shelf = stocked(1)
    load = Stop.objects.get(sequence=0)
    day.ship(load, Stop.objects.get(code=drop.code), lot=other, place=shelf, order_line=line)
    # 10:00–12:00 and 9:00–11:00 have 10:00–11:00 in common.
    assert sheets()[0].stops[2].windows == ((dt.time(10), dt.time(11)),)
    assert drop.notes == ("O007　子ども40人　除去: 卵　裏口へ",)
    assert drop.url == code_url(BASE_URL, drop.code)


def test_a_place_that_opens_twice_shows_the_opening_that_applies_and_the_pause():
    """The shop's stop begins at 9, its goods are ready 9 to 12; the partner's at 10, ordered for 10 to 12."""
    day = Day()
    day.fill()
    Site.objects.filter(pk=day.donor.site_id).update(pause_from=dt.time(10, 30), pause_until=dt.time(11, 30))
    Site.objects.filter(pk=day.partner.site_id).update(pause_from=dt.time(9, 30), pause_until=dt.time(10))
    _, shop, drop, _ = sheets()[0].stops
    assert shop.windows == ((dt.time(9), dt.time(10, 30)),)
    assert "中休み 10:30–11:30（この間は受け渡しできません）" in shop.notes
    assert drop.windows == ((dt.time(10), dt.time(12)),)


def test_goods_for_a_visit_and_a_pickup_day_say_by_when():
    day = Day()
    lot, shelf = stocked(24)
    field, hall = SiteFactory.create(kind="mobile"), SiteFactory.create(kind="venue")
    visit = MobileVisit.objects.create(
        day=today(), site=field, open_from=dt.time(11), open_until=dt.time(13), expected_households=18
    )
    pickup = PickupDay.objects.create(day=today(), site=hall)
    for hour in (13, 12):
        Slot.objects.create(pickup_day=pickup, start=dt.time(hour, 30), end=dt.time(hour, 59), capacity=5)
    load, one, two, car = day.stop(day.depot, 8), day.stop(field, 9), day.stop(hall, 10), day.stop(field, 11, visit=visit)
    day.ship(load, one, lot=lot, place=shelf, visit=visit)
    day.ship(load, two, lot=lot, place=shelf, pickup_day=pickup)
    day.ship(load, car, lot=lot, place=shelf, visit=visit)
    _, first, second, third = sheets()[0].stops
    assert first.notes == ("移動パントリーの開店 11:00 までに届ける",)
    assert second.notes == ("受取日の最初の枠 12:30 までに届ける",)
    assert [line.order_ref for line in (*first.drop_off, *second.drop_off)] == ["移動", "受取日"]
    assert third.visit == (dt.time(11), dt.time(13))
    assert third.notes == ()


def test_the_published_plan_comes_before_a_newer_draft():
    Day(status=PlanStatus.PUBLISHED)
    Day("VAN2", status=PlanStatus.DRAFT)
    assert [(sheet.vehicle_code, sheet.draft) for sheet in sheets()] == [("VAN1", False)]


def test_of_drafts_the_newest_counts():
    Day("VAN1")
    Day("VAN2")
    assert [sheet.vehicle_code for sheet in sheets()] == ["VAN2"]


def test_a_day_without_a_plan_has_no_sheets():
    assert sheets() == []


def test_queries_do_not_grow_with_routes_and_stops(django_assert_max_num_queries: Any):
    first = Day("VAN1")
    first.fill()
    with django_assert_max_num_queries(40) as one:
        sheets()
    for name in ("VAN2", "VAN3", "VAN4"):
        more = Day(name, plan=first.plan)
        lot, shelf = stocked(5)
        load = more.stop(more.depot, 8)
        for hour in range(9, 15):
            more.ship(load, more.stop(PartnerFactory.create().site, hour), lot=lot, place=shelf)
    with django_assert_max_num_queries(len(one.captured_queries)):
        assert len(sheets()) == 4


class TestCommand:
    def test_one_file_per_route(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
        first = Day("VAN1")
        first.fill()
        Day("VAN/2", plan=first.plan)
        out = tmp_path / "new" / "sheets"
        call_command("route_sheets", "--date", today().isoformat(), "--out", str(out))
        assert sorted(path.name for path in out.iterdir()) == ["VAN1.pdf", "VAN_2.pdf"]
        shown = pypdfium2.PdfDocument((out / "VAN1.pdf").read_bytes())[0].get_textpage().get_text_bounded()
        assert "VAN1 1/" in shown
        assert "VAN1.pdf" in capsys.readouterr().out

    def test_no_plan_is_refused_with_code_two(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
        with pytest.raises(SystemExit) as ended:
            call_command("route_sheets", "--date", today().isoformat(), "--out", str(tmp_path / "x"))
        assert ended.value.code == 2
        shown = capsys.readouterr().err.strip()
        assert "配送計画" in shown
        assert "plan" in shown
        assert "\n" not in shown
        assert not (tmp_path / "x").exists()

    def test_an_unwritable_folder_is_refused(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
        Day().fill()
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(SystemExit) as ended:
            call_command("route_sheets", "--date", today().isoformat(), "--out", str(tmp_path / "file" / "sheets"))
        assert ended.value.code == 2
        assert "書き込めません" in capsys.readouterr().err
