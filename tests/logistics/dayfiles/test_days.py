from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import pytest
from django.core.management import call_command

from foodbank.accounts.services.system import system_user
from foodbank.catalog.models import Item
from foodbank.core.errors import Refusal
from foodbank.donations.models import Offer, OfferSource
from foodbank.inventory.models import Balance, Lot, Movement, Reason
from foodbank.pantry.models import ExchangeSession, PickupDay, Slot
from foodbank.partners.models import Order, OrderLine
from foodbank.sites.models import Agreement, Site
from logistics.dayfiles.models import ImportedDay, ImportedRow
from logistics.dayfiles.services.days import import_day, prepare_day
from logistics.dispatch.models import MobileVisit
from logistics.fleet.models import Permit, Shift, Vehicle
from tests.logistics.dayfiles.a_day import BREAD, DAY, FILES, RICE, YOGURT, bring_in, files, with_line, write_folder
from tests.shared_data import EXAMPLE, day_dir

pytestmark = pytest.mark.django_db


def run(folder: Path, *more: str, day: dt.date = DAY) -> int:
    try:
        call_command("import_day", str(folder), "--date", str(day), *more)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_stock_is_there_at_opening():
    bring_in()
    lots = {lot.item.gtin: lot for lot in Lot.objects.select_related("item")}
    assert len(lots) == 3
    yogurt = lots[YOGURT]
    # 5 December and three days
    assert (yogurt.received_on, yogurt.last_day, yogurt.zone) == (DAY, dt.date(2026, 12, 8), "chilled")
    assert yogurt.allergens_stated
    assert [one.name for one in yogurt.allergens.all()] == ["乳"]
    [movement] = Movement.objects.filter(lot=yogurt)
    assert (movement.quantity, movement.reason, movement.target.code, movement.source.inside) == (
        16,
        Reason.OPENING,
        "C-02",
        False,
    )
    # 16 yogurts of 420 g, 10 bags of 5 kg, 5 kg of onions
    assert sum(balance.grams for balance in Balance.objects.there()) == 16 * 420 + 10 * 5000 + 5 * 1000


def test_goods_without_a_date_in_law_keep_our_estimate():
    bring_in()
    onions = Lot.objects.get(item__gtin="9520000000165")
    assert (onions.date_mark, onions.last_day) == ("none", dt.date(2026, 12, 12))


def test_offers_orders_visits_pickup_day_and_shifts():
    bring_in()
    offers = Offer.objects.filter(day=DAY, source=OfferSource.IMPORT)
    assert sorted(offers.values_list("item__gtin", "quantity")) == [(BREAD, 8), (YOGURT, 17), (RICE, 6)]
    order = Order.objects.get(delivery_date=DAY)
    assert (order.ref, order.children, order.window_from) == ("O001", 58, dt.time(10))
    assert sorted(one.name for one in order.excluded_allergens.all()) == ["そば", "卵"]
    assert sorted(order.lines.values_list("category__code", "quantity_g")) == [("dairy", 12_100), ("rice", 10_000)]
    assert MobileVisit.objects.get(day=DAY).expected_households == 18
    assert sum(slot.capacity for slot in Slot.objects.filter(pickup_day__day=DAY)) == 20
    session = ExchangeSession.objects.get()
    assert (session.theme, session.capacity, session.childcare_places) == ("子育ての話", 12, 6)
    assert Vehicle.objects.get(code="VAN1").frozen_g == 60_500
    assert Shift.objects.get(day=DAY, vehicle__code="CAR1").break_minutes == 45


def test_everybody_has_an_agreement_or_permit_that_day():
    bring_in()
    assert set(Agreement.objects.valid_on(DAY).values_list("site__code", flat=True)) == {"D001", "D002", "P001"}
    permits = {permit.vehicle.code: permit for permit in Permit.objects.valid_on(DAY).select_related("vehicle")}
    assert set(permits) == {"VAN1", "CAR1"}
    assert permits["VAN1"].permit_class == ""
    assert (permits["CAR1"].permit_class, permits["CAR1"].area) == ("80L", "高松市")


def test_the_same_folder_again_changes_nothing(tmp_path: Path):
    assert run(write_folder(tmp_path / "a")) == 0
    before = (list(Lot.objects.values()), list(Offer.objects.values()), list(ImportedRow.objects.values()))
    same = {name: ("\ufeff" + text.replace("\n", "\r\n")).encode() for name, text in FILES.items()}
    assert run(write_folder(tmp_path / "b", same)) == 0
    assert (list(Lot.objects.values()), list(Offer.objects.values()), list(ImportedRow.objects.values())) == before


def test_an_edited_folder_is_refused_with_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(write_folder(tmp_path / "a")) == 0
    capsys.readouterr()
    edited = files(
        donations=with_line("donations", 2, "D001,9520000000042,18,6,10:00,12:30"),
        stock="\n".join(FILES["stock.csv"].splitlines()[:3]) + "\n9520000000165,1,7,A-02\n",
    )
    assert run(write_folder(tmp_path / "b", edited)) == 2
    assert [line.split(": ")[0] for line in capsys.readouterr().err.splitlines()] == [
        "stock.csv:4:gtin",  # the new row
        "stock.csv:4:gtin",  # the row that is gone
        "donations.csv:2:quantity",
        "donations.csv:2:ready_until",
    ]
    assert Offer.objects.get(item__gtin=YOGURT).quantity == 17


def test_masters_are_brought_up_to_date():
    bring_in()
    changes = bring_in(
        files(sites=with_line("sites", 3, "D001,新しい名前(例),donor,34.33,134.00,高松市見本町2,07:00,21:00")),
        day=DAY.replace(day=6),
    )
    [change] = [one for one in changes.changes if one.file == "sites.csv" and one.differences]
    assert change.differences == (("name", "みほん青果店(例)", "新しい名前(例)"), ("opens", "08:00", "07:00"))
    site = Site.objects.get(code="D001")
    assert (site.name, site.opens) == ("新しい名前(例)", dt.time(7))
    assert Site.objects.count() == 6


@pytest.mark.parametrize("fault", ["donations", "orders", "vehicles"])
def test_nothing_is_there_after_a_refusal(fault: str, tmp_path: Path):
    broken = {
        "donations": "D9,9520000000042,1,1,10:00,11:00",
        "orders": "O9,P9,rice,1,1,,10:00,11:00",
        "vehicles": "VAN9,x,van,W9,1,1,1,08:00,09:00,0",
    }
    given = files(**{fault: FILES[f"{fault}.csv"] + broken[fault] + "\n"})
    assert run(write_folder(tmp_path, given)) == 2
    for model in (Site, Lot, Offer, Order, OrderLine, MobileVisit, PickupDay, Vehicle, ImportedDay):
        assert not model.objects.exists()


def test_a_fault_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch):
    def stop(**_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("logistics.dayfiles.services.days.settle_lists", stop)
    with pytest.raises(OSError, match="full"):
        bring_in()
    assert not Site.objects.exists()
    assert not Lot.objects.exists()


@pytest.mark.parametrize("folder", ["nowhere", "a_file"])
def test_no_folder(folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "a_file").write_text("x")
    assert run(tmp_path / folder) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_an_empty_folder_names_all_eight_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path) == 2
    assert sorted(line.split(": ")[0] for line in capsys.readouterr().err.splitlines()) == sorted(FILES)


def test_a_folder_in_place_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    write_folder(tmp_path)
    (tmp_path / "orders.csv").unlink()
    (tmp_path / "orders.csv").mkdir()
    assert run(tmp_path) == 2
    assert capsys.readouterr().err.startswith("orders.csv: ")


def test_days_gone_by_may_be_brought_in():
    bring_in(day=dt.date(2020, 2, 29))
    assert Lot.objects.filter(received_on=dt.date(2020, 2, 29)).count() == 3


def test_import_donations_of_the_day_itself_adds_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = write_folder(tmp_path)
    assert run(folder) == 0
    call_command("import_donations", str(folder / "donations.csv"), "--date", str(DAY))
    assert Offer.objects.count() == 3


def test_offers_that_came_before_the_day_are_not_doubled(tmp_path: Path):
    """Masters from another day, then the offers alone, then the whole day."""
    folder = write_folder(tmp_path)
    later = DAY.replace(day=6)
    assert run(folder) == 0
    call_command("import_donations", str(folder / "donations.csv"), "--date", str(later))
    assert run(folder, day=later) == 0
    assert Offer.objects.filter(day=later).count() == 3


def test_two_at_the_same_moment_bring_it_in_once():
    """Both looked when nothing was there."""
    first, second = (prepare_day(files=files(), day=DAY) for _ in range(2))
    import_day(prepared=first, replace=False, actor=system_user())
    with pytest.raises(Refusal) as refused:
        import_day(prepared=second, replace=False, actor=system_user())
    assert refused.value.code == "dayfiles.changed_meanwhile"
    assert Lot.objects.count() == 3


def test_late_donations_of_the_example_are_added(capsys: pytest.CaptureFixture[str]):
    assert run(EXAMPLE / "day") == 0
    before = Offer.objects.count()
    late = EXAMPLE / "late_donations.csv"
    rows = len(late.read_bytes().splitlines()) - 1
    call_command("import_donations", str(late), "--date", str(DAY))
    assert Offer.objects.count() == before + rows > before


@pytest.mark.parametrize("name", ["takamatsu", "takamatsu-large", "example"])
def test_whole_days_in_under_thirty_seconds(name: str):
    """As many rows as the files have lines under their header; no cell of theirs has a line break."""
    folder = day_dir(name)
    lines = {path.name: len(path.read_text().splitlines()) - 1 for path in folder.glob("*.csv")}
    started = time.monotonic()
    assert run(folder) == 0
    assert time.monotonic() - started < 30
    assert {
        "sites.csv": Site.objects.count(),
        "items.csv": Item.objects.count(),
        "vehicles.csv": Shift.objects.count(),
        "stock.csv": Lot.objects.count(),
        "donations.csv": Offer.objects.count(),
        "orders.csv": OrderLine.objects.count(),
        "mobile_visits.csv": MobileVisit.objects.count(),
        "pickup_day.csv": Slot.objects.count(),
    } == lines


def with_costs(*costs: str) -> str:
    """``vehicles.csv`` with the two optional columns, and these cells in them."""
    head, *rows = FILES["vehicles.csv"].splitlines()
    return "\n".join([f"{head},yen_per_km,yen_per_day", *(f"{r},{c}" for r, c in zip(rows, costs, strict=True))]) + "\n"


def test_what_vehicles_cost_may_stand_in_the_file():
    bring_in(files(vehicles=with_costs("18,", "0,5500")))
    assert list(Vehicle.objects.order_by("code").values_list("code", "yen_per_km", "yen_per_day")) == [
        ("CAR1", 0, 5_500),
        ("VAN1", 18, 0),
    ]
    assert bring_in(files(vehicles=with_costs("18,", "0,5500"))).same_day


def test_a_file_that_says_nothing_of_costs_leaves_them_and_is_the_same_as_one_with_empty_cells():
    bring_in()
    Vehicle.objects.update(yen_per_km=25, yen_per_day=300)
    assert bring_in(files(vehicles=with_costs(",", ","))).same_day
    assert set(Vehicle.objects.values_list("yen_per_km", "yen_per_day")) == {(25, 300)}
    # Records are as they were before there were such columns: what was brought in then is still the same day.
    kept = ImportedRow.objects.filter(file="vehicles.csv").order_by("line").values_list("content", flat=True)
    assert list(kept) == FILES["vehicles.csv"].splitlines()[1:]


def test_a_cost_that_is_none_is_named():
    prepared = prepare_day(files=files(vehicles=with_costs("18,", "x,-1")), day=DAY)
    assert [(p.line, p.column) for p in prepared.tables.problems] == [(3, "yen_per_km"), (3, "yen_per_day")]


def with_pause(shop: str, depot: str = ",") -> str:
    """``sites.csv`` with the two optional columns: these cells for the first shop and for the depot."""
    head, first, second, *rows = FILES["sites.csv"].splitlines()
    lines = [f"{head},pause_from,pause_until", f"{first},{depot}", f"{second},{shop}", *(f"{row},," for row in rows)]
    return "\n".join(lines) + "\n"


def test_a_place_that_opens_twice_may_stand_in_the_file():
    bring_in(files(sites=with_pause("11:00,14:00")))
    assert Site.objects.get(code="D001").pause == (dt.time(11), dt.time(14))
    assert Site.objects.filter(pause_from__isnull=False).count() == 1
    assert bring_in(files(sites=with_pause("11:00,14:00"))).same_day
    changes = prepare_day(files=files(sites=with_pause("11:00,14:30")), day=DAY).changes
    assert [c.differences for c in changes.changes if c.file == "sites.csv" and c.differences] == [
        (("pause_until", "14:00", "14:30"),)
    ]
    # A file that says nothing of it leaves it.
    bring_in(day=DAY + dt.timedelta(days=1))
    assert Site.objects.get(code="D001").pause == (dt.time(11), dt.time(14))


@pytest.mark.parametrize(
    ("cells", "line", "column"),
    [
        (("11:00,",), 3, "pause_until"),
        (("14:00,11:00",), 3, "pause_until"),
        (("07:00,09:00",), 3, "pause_from"),
        ((",", "11:00,12:00"), 2, "pause_from"),
    ],
)
def test_a_pause_that_cannot_be_is_named(cells, line, column):
    prepared = prepare_day(files=files(sites=with_pause(*cells)), day=DAY)
    assert [(p.file, p.line, p.column) for p in prepared.tables.problems] == [("sites.csv", line, column)]
