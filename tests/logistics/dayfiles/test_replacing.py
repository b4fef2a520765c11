"""A day brought in again with other rows, and two days beside each other."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import call_command

from foodbank.accounts.services.system import system_user
from foodbank.core.errors import InputRefused, Refusal
from foodbank.donations.models import Offer, OfferStatus
from foodbank.inventory.models import Balance, Lot, Movement, PlaceKind, Reason, ReservationPurpose
from foodbank.inventory.selectors.stock import stock_on
from foodbank.inventory.services.ledger import post
from foodbank.inventory.services.places import ensure_counterpart, ensure_place
from foodbank.inventory.services.reservations import reserve
from foodbank.partners.models import Order
from logistics.dayfiles.models import ImportedDay
from logistics.dispatch.models import MobileVisit, Plan, PlanStatus
from logistics.fleet.models import Shift
from tests.logistics.dayfiles.a_day import DAY, FILES, RICE, YOGURT, bring_in, files, with_line, with_row, write_folder

pytestmark = pytest.mark.django_db

NEXT = DAY + dt.timedelta(1)
FEWER_YOGURTS = with_line("stock", 2, "9520000000042,12,3,C-02")


def on_hand(gtin: str) -> int:
    return sum(balance.quantity for balance in Balance.objects.there().filter(lot__item__gtin=gtin))


def usable(day: dt.date) -> dict[str, int]:
    """Units by GTIN that a plan for ``day`` may use."""
    found: dict[str, int] = {}
    for row in stock_on(day):
        found[row.lot.item.gtin] = found.get(row.lot.item.gtin, 0) + row.quantity
    return found


def make_plan(status: PlanStatus = PlanStatus.DRAFT, day: dt.date = DAY) -> Plan:
    zeros = dict.fromkeys(("ordered_g", "delivered_g", "donated_g", "collected_g", "distance_m", "drive_s", "cost"), 0)
    return Plan.objects.create(
        day=day,
        status=status,
        travel_provider="x",
        detour=1,
        speed_kmh=1,
        stop_s=1,
        per_kg_s=1,
        actor=system_user(),
        document={},
        **zeros,
    )


def test_other_rows_are_refused_without_replace():
    bring_in()
    with pytest.raises(InputRefused) as refused:
        bring_in(files(stock=FEWER_YOGURTS))
    assert refused.value.code == "dayfiles.day_differs"
    assert [(one.file, one.line, one.column) for one in refused.value.problems] == [("stock.csv", 2, "quantity")]
    assert on_hand(YOGURT) == 16


def test_opening_stock_is_reversed_by_corrections_and_opened_anew():
    bring_in()
    rice = Lot.objects.get(item__gtin=RICE)
    bring_in(files(stock=FEWER_YOGURTS), replace=True)
    assert on_hand(YOGURT) == 12
    assert Lot.objects.get(item__gtin=RICE) == rice  # its row is unchanged, so its label still counts
    moves = Movement.objects.filter(lot__item__gtin=YOGURT).order_by("pk")
    assert [(one.reason, one.quantity) for one in moves] == [(Reason.OPENING, 16), (Reason.CORRECTION, 16), (Reason.OPENING, 12)]
    call_command("check_ledger")


def test_the_command_says_what_it_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    bring_in()
    folder = write_folder(tmp_path, files(stock=FEWER_YOGURTS))
    call_command("import_day", str(folder), "--date", str(DAY), "--replace")
    lines = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines()}
    assert lines["stock.csv"][1::2] == ["新規/new", "変更/changed", "そのまま/unchanged", "取下げ/removed"]
    assert lines["stock.csv"][2::2] == ["0", "1", "2", "0"]
    assert lines["orders.csv"][2::2] == ["0", "0", "2", "0"]


def test_the_days_rows_are_replaced():
    bring_in()
    bring_in(
        files(
            donations=with_line("donations", 2, "D001,9520000000042,9,6,10:00,12:00"),
            orders=FILES["orders.csv"].replace("O001", "O007"),
            mobile_visits=with_line("mobile_visits", 2, "M01,14:00,16:00,20"),
            vehicles="\n".join(FILES["vehicles.csv"].splitlines()[:2]) + "\n",
            pickup_day=FILES["pickup_day.csv"].splitlines()[0] + "\n",
        ),
        replace=True,
    )
    assert Offer.objects.get(item__gtin=YOGURT).quantity == 9
    assert [order.ref for order in Order.objects.all()] == ["O007"]
    assert [visit.open_from for visit in MobileVisit.objects.all()] == [dt.time(14)]
    assert [shift.vehicle.code for shift in Shift.objects.all()] == ["VAN1"]


def test_there_and_back_again():
    bring_in()
    bring_in(files(stock=FEWER_YOGURTS), replace=True)
    bring_in(replace=True)
    assert on_hand(YOGURT) == 16
    assert bring_in().same_day


def test_a_changed_item_opens_its_lots_anew():
    """A lot keeps what its item said when it came, so another weight means another lot."""
    bring_in()
    bring_in(files(items=with_line("items", 4, "9520000000110,精米5kg,rice,ambient,best_before,5100,")), replace=True)
    there = Balance.objects.there().get(lot__item__gtin=RICE)
    assert (there.lot.unit_weight_g, there.grams) == (5100, 51_000)


def test_what_was_entered_by_hand_stays():
    bring_in()
    donor = Offer.objects.first().donor
    item = Offer.objects.first().item
    by_hand = Offer.objects.create(
        donor=donor, item=item, day=DAY, quantity=1, last_day=DAY, ready_from=dt.time(9), ready_until=dt.time(10)
    )
    bring_in(files(stock=FEWER_YOGURTS), replace=True)
    assert Offer.objects.filter(pk=by_hand.pk).exists()
    assert Offer.objects.count() == 4


def test_draft_plans_go():
    bring_in()
    make_plan()
    other = make_plan(day=NEXT)
    bring_in(files(stock=FEWER_YOGURTS), replace=True)
    assert list(Plan.objects.all()) == [other]


def moved() -> None:
    lot = Lot.objects.get(item__gtin=YOGURT)
    actor = system_user()
    place = lot.balances.get(inside=True).place
    target = ensure_place(code="C-09", kind=PlaceKind.STORAGE, zone="chilled", actor=actor)
    post(lot=lot, source=place, target=target, quantity=1, reason=Reason.MOVE, actor=actor)


def discarded() -> None:
    lot = Lot.objects.get(item__gtin=YOGURT)
    actor = system_user()
    target = ensure_counterpart(kind=PlaceKind.DISCARD, actor=actor)
    place = lot.balances.get(inside=True).place
    post(lot=lot, source=place, target=target, quantity=1, reason=Reason.DISCARD_DAMAGED, actor=actor)


def reserved() -> None:
    lot = Lot.objects.get(item__gtin=YOGURT)
    place = lot.balances.get(inside=True).place
    reserve(lot=lot, place=place, quantity=1, purpose=ReservationPurpose.OTHER, ref="x", actor=system_user())


def published() -> None:
    make_plan(PlanStatus.PUBLISHED)


def collected() -> None:
    Offer.objects.filter(item__gtin=YOGURT).update(status=OfferStatus.COLLECTED)


def delivered() -> None:
    Order.objects.update(status="delivered")


def listed_on_the_next_day() -> None:
    bring_in(files(stock=FILES["stock.csv"].replace(",3,", ",2,").replace(",198,", ",197,").replace(",7,", ",6,")), day=NEXT)


@pytest.mark.parametrize("event", [moved, discarded, reserved, published, collected, delivered, listed_on_the_next_day])
def test_once_something_has_come_of_the_day_it_stays(event):
    bring_in()
    event()
    before = (list(Movement.objects.values()), list(Offer.objects.values()), list(ImportedDay.objects.values()))
    with pytest.raises(Refusal) as refused:
        bring_in(files(stock=FEWER_YOGURTS), replace=True)
    assert refused.value.code == "dayfiles.already_moved"
    assert (list(Movement.objects.values()), list(Offer.objects.values()), list(ImportedDay.objects.values())) == before


def test_replacing_a_day_that_is_not_there_brings_it_in():
    bring_in(replace=True)
    assert on_hand(YOGURT) == 16


def test_a_days_stock_is_not_there_before_that_day():
    bring_in(day=NEXT)
    assert usable(DAY) == {}
    assert usable(NEXT)[YOGURT] == 16


def test_two_days_with_their_own_stock_do_not_mix():
    """The same folder for both days: "three days" is another date, so these are other lots; each list is the whole truth of its day."""
    bring_in()
    bring_in(day=NEXT)
    assert usable(DAY) == usable(NEXT) == {YOGURT: 16, RICE: 10, "9520000000165": 5}
    assert on_hand(YOGURT) == 32  # both lists were posted; a count says what is true


def test_the_order_of_bringing_in_does_not_matter():
    bring_in(day=NEXT)
    bring_in()
    assert usable(DAY) == usable(NEXT) == {YOGURT: 16, RICE: 10, "9520000000165": 5}


def test_a_lot_that_the_next_list_still_names_is_the_same_lot():
    """One day later everything has one day less; one lot was used up, one is new."""
    bring_in()
    text = "gtin,quantity,expires_in_days,location\n9520000000042,16,2,C-02\n9520000000110,9,197,A-03\n"
    bring_in(files(stock=text), day=NEXT)
    assert on_hand(YOGURT) == 16
    assert Lot.objects.filter(item__gtin=YOGURT).count() == 1
    # the rice lies there with another number, so it is not the same; the onions are gone
    assert usable(NEXT) == {YOGURT: 16, RICE: 9}
    assert usable(DAY) == {YOGURT: 16, RICE: 10, "9520000000165": 5}


def test_a_lot_whose_item_has_other_allergens_now_is_another_lot():
    bring_in()
    same = "gtin,quantity,expires_in_days,location\n9520000000042,16,2,C-02\n"
    items = with_line("items", 3, "9520000000042,ヨーグルト400g,dairy,chilled,best_before,420,乳;卵")
    bring_in(files(stock=same, items=items), day=NEXT)
    [row] = stock_on(NEXT)
    assert sorted(one.name for one in row.lot.allergens.all()) == ["乳", "卵"]


def test_a_replaced_list_counts_as_it_is_now():
    bring_in()
    bring_in(day=NEXT)
    same = "gtin,quantity,expires_in_days,location\n9520000000042,16,2,C-02\n9520000000110,10,197,A-03\n9520000000165,5,6,A-01\n"
    bring_in(files(stock=same), day=NEXT, replace=True)
    assert usable(NEXT) == {YOGURT: 16, RICE: 10, "9520000000165": 5}
    assert on_hand(YOGURT) == 16


def test_hand_entered_visits_and_numbers_are_not_overwritten():
    bring_in()
    later = files(mobile_visits=with_row("mobile_visits", "M01,15:00,16:00,5"), stock=FEWER_YOGURTS, orders=FILES["orders.csv"])
    MobileVisit.objects.create(
        day=DAY,
        site=MobileVisit.objects.get().site,
        open_from=dt.time(15),
        open_until=dt.time(16),
        expected_households=1,
    )
    with pytest.raises(InputRefused) as refused:
        bring_in(later, replace=True)
    assert [(one.file, one.line, one.code) for one in refused.value.problems] == [("mobile_visits.csv", 3, "day.entered_already")]
