"""What is wrong between the rows of a day's files: each with its file, line and column."""

from __future__ import annotations

import pytest

from logistics.dayfiles.services.days import prepare_day
from tests.logistics.dayfiles.a_day import DAY, FILES, bring_in, files, with_line, with_row

pytestmark = pytest.mark.django_db

SITES, ITEMS, ORDERS = FILES["sites.csv"], FILES["items.csv"], FILES["orders.csv"]
SLOT = "V01,11:30,12:00,10,子育ての話,12:00,13:00,12,6"

# name: (changed file, its text, [(file, line, column, code)])
FAULTS: dict[str, tuple[str, str, list[tuple[str, int, str, str]]]] = {
    "site kind": (
        "sites",
        with_line("sites", 3, "D001,x,shop,34.33,134.0,,08:00,21:00"),
        [("sites.csv", 3, "kind", "cell.choice")],
    ),
    "site twice": ("sites", with_row("sites", "D001,x,donor,34.3,134,,08:00,21:00"), [("sites.csv", 8, "code", "row.twice")]),
    "zero coordinates": (
        "sites",
        with_line("sites", 3, "D001,x,donor,0,0,,08:00,21:00"),
        [("sites.csv", 3, "latitude", "site.coordinates")],
    ),
    "exchanged coordinates": (
        "sites",
        with_line("sites", 3, "D001,x,donor,134.05,34.33,,08:00,21:00"),
        [("sites.csv", 3, "latitude", "site.coordinates")],
    ),
    "not on Earth": (
        "sites",
        with_line("sites", 3, "D001,x,donor,95,170,,08:00,21:00"),
        [("sites.csv", 3, "latitude", "site.coordinates")],
    ),
    "closes before it opens": (
        "sites",
        with_line("sites", 3, "D001,x,donor,34.33,134.0,,21:00,08:00"),
        [("sites.csv", 3, "closes", "window.backwards")],
    ),
    "no depot": (
        "sites",
        SITES.replace("W01,見本フードバンク,depot", "W01,見本フードバンク,venue"),
        [
            ("sites.csv", 1, "kind", "site.no_depot"),
            ("vehicles.csv", 2, "depot_code", "site.wrong_kind"),
            ("vehicles.csv", 3, "depot_code", "site.wrong_kind"),
        ],
    ),
    "item twice": ("items", with_row("items", "9520000000042,x,dairy,chilled,none,1,"), [("items.csv", 6, "gtin", "row.twice")]),
    "unknown category of an item": (
        "items",
        with_line("items", 4, "9520000000110,米,cereal,ambient,best_before,5000,"),
        [("items.csv", 4, "category", "category.unknown")],
    ),
    "weightless item": (
        "items",
        with_line("items", 4, "9520000000110,米,rice,ambient,best_before,0,"),
        [("items.csv", 4, "unit_weight_g", "cell.range")],
    ),
    "unknown zone": (
        "items",
        with_line("items", 4, "9520000000110,米,rice,warm,best_before,5000,"),
        [("items.csv", 4, "zone", "cell.choice")],
    ),
    "unknown date mark": (
        "items",
        with_line("items", 4, "9520000000110,米,rice,ambient,賞味期限,5000,"),
        [("items.csv", 4, "date_mark", "cell.choice")],
    ),
    "unknown allergen": (
        "items",
        with_line("items", 4, "9520000000110,米,rice,ambient,best_before,5000,こむぎ"),
        [("items.csv", 4, "allergens", "cell.unknown_name")],
    ),
    "nameless item": (
        "items",
        with_line("items", 4, "9520000000110,,rice,ambient,best_before,5000,"),
        [("items.csv", 4, "name", "cell.empty")],
    ),
    "unknown item in stock": ("stock", with_row("stock", "9520000000059,1,1,C-01"), [("stock.csv", 5, "gtin", "item.unknown")]),
    "warmer place": ("stock", with_row("stock", "9520000000042,1,1,A-01"), [("stock.csv", 5, "location", "place.warmer")]),
    "place without zone": ("stock", with_row("stock", "9520000000042,1,1,B-01"), [("stock.csv", 5, "location", "place.prefix")]),
    "the same lot again": ("stock", with_row("stock", "9520000000042,16,3,C-02"), [("stock.csv", 5, "gtin", "row.twice")]),
    "expired stock": ("stock", with_row("stock", "9520000000042,1,-2,C-01"), [("stock.csv", 5, "expires_in_days", "date.past")]),
    "offer of a partner": (
        "donations",
        with_row("donations", "P001,9520000000042,1,1,10:00,11:00"),
        [("donations.csv", 5, "donor_code", "site.wrong_kind")],
    ),
    "order of a shop": (
        "orders",
        with_row("orders", "O002,D001,rice,1,1,,10:00,11:00"),
        [("orders.csv", 4, "partner_code", "site.wrong_kind")],
    ),
    "unknown partner": (
        "orders",
        with_row("orders", "O002,P9,rice,1,1,,10:00,11:00"),
        [("orders.csv", 4, "partner_code", "site.unknown")],
    ),
    "unknown category of an order": (
        "orders",
        with_row("orders", "O002,P001,cake,1,1,,10:00,11:00"),
        [("orders.csv", 4, "category", "category.unknown")],
    ),
    "order line twice": (
        "orders",
        with_row("orders", "O001,P001,rice,1,58,卵;そば,10:00,12:00"),
        [("orders.csv", 4, "category", "row.twice")],
    ),
    "order lines disagree": (
        "orders",
        with_row("orders", "O001,P001,bread,1,57,卵;そば,10:00,12:00"),
        [("orders.csv", 4, "children", "order.lines_differ")],
    ),
    "nothing ordered": (
        "orders",
        with_row("orders", "O002,P001,bread,0,5,,10:00,12:00"),
        [("orders.csv", 4, "quantity_kg", "cell.range")],
    ),
    "finer than a gram": (
        "orders",
        with_row("orders", "O002,P001,bread,0.0005,5,,10:00,12:00"),
        [("orders.csv", 4, "quantity_kg", "cell.range")],
    ),
    "ten thousandths": (
        "orders",
        with_row("orders", "O002,P001,bread,1.0005,5,,10:00,12:00"),
        [("orders.csv", 4, "quantity_kg", "cell.too_fine")],
    ),
    "order window backwards": (
        "orders",
        with_row("orders", "O002,P001,bread,1,5,,12:00,10:00"),
        [("orders.csv", 4, "window_until", "window.backwards")],
    ),
    "visit at a shop": (
        "mobile_visits",
        with_row("mobile_visits", "D001,15:00,16:00,5"),
        [("mobile_visits.csv", 3, "site_code", "site.wrong_kind")],
    ),
    "visits overlap": (
        "mobile_visits",
        with_row("mobile_visits", "M01,12:00,14:00,5"),
        [("mobile_visits.csv", 3, "open_from", "window.overlaps")],
    ),
    "visit for nobody": (
        "mobile_visits",
        with_row("mobile_visits", "M01,15:00,16:00,0"),
        [("mobile_visits.csv", 3, "expected_households", "cell.range")],
    ),
    "pickup at a partner": (
        "pickup_day",
        FILES["pickup_day.csv"].replace("V01", "P001"),
        [
            ("pickup_day.csv", 2, "site_code", "site.wrong_kind"),
            ("pickup_day.csv", 3, "site_code", "site.wrong_kind"),
        ],
    ),
    "slots overlap": (
        "pickup_day",
        with_line("pickup_day", 3, SLOT.replace("11:30", "11:15", 1)),
        [("pickup_day.csv", 3, "slot_from", "window.overlaps")],
    ),
    "sessions differ": (
        "pickup_day",
        with_line("pickup_day", 3, SLOT.replace(",6", ",5")),
        [("pickup_day.csv", 3, "childcare_places", "pickup.sessions_differ")],
    ),
    "half a session": (
        "pickup_day",
        with_line("pickup_day", 3, "V01,11:30,12:00,10,,12:00,13:00,12,6"),
        [("pickup_day.csv", 3, "exchange_theme", "cell.empty")],
    ),
    "vehicle of no depot": (
        "vehicles",
        with_line("vehicles", 2, "VAN1,x,van,D001,350,200,60,08:30,16:30,45"),
        [("vehicles.csv", 2, "depot_code", "site.wrong_kind")],
    ),
    "shift backwards": (
        "vehicles",
        with_line("vehicles", 2, "VAN1,x,van,W01,350,200,60,16:30,08:30,45"),
        [("vehicles.csv", 2, "shift_end", "window.backwards")],
    ),
    "break longer than the shift": (
        "vehicles",
        with_line("vehicles", 2, "VAN1,x,van,W01,350,200,60,08:30,09:30,60"),
        [("vehicles.csv", 2, "break_minutes", "shift.refused")],
    ),
    "carries nothing": (
        "vehicles",
        with_line("vehicles", 2, "VAN1,x,van,W01,0,0,0,08:30,16:30,45"),
        [("vehicles.csv", 2, "ambient_kg", "vehicle.refused")],
    ),
    "negative capacity": (
        "vehicles",
        with_line("vehicles", 2, "VAN1,x,van,W01,350,-1,0,08:30,16:30,45"),
        [("vehicles.csv", 2, "chilled_kg", "cell.range")],
    ),
    "unreadable sites do not make everybody unknown": (
        "sites",
        "x\n",
        [("sites.csv", 1, column, "column.missing") for column in SITES.splitlines()[0].split(",")],
    ),
    "a broken site is still named by others": (
        "sites",
        with_line("sites", 3, "D001,x,donor,34.33,134.0,,8,21:00"),
        [("sites.csv", 3, "opens", "cell.time")],
    ),
    "a broken item is still named by others": (
        "items",
        with_line("items", 3, "9520000000042,x,dairy,chilled,best_before,x,乳"),
        [("items.csv", 3, "unit_weight_g", "cell.whole_number")],
    ),
    "an unknown code beside another fault": (
        "orders",
        with_row("orders", "O002,P9,rice,x,1,,10:00,11:00"),
        [
            ("orders.csv", 4, "partner_code", "site.unknown"),
            ("orders.csv", 4, "quantity_kg", "cell.number"),
        ],
    ),
}


def faults(**changed: str) -> list[tuple[str, int, str, str]]:
    prepared = prepare_day(files=files(**changed), day=DAY)
    return [(one.file, one.line, one.column, one.code) for one in prepared.problems]


def test_the_day_itself_has_none():
    assert faults() == []


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_named(name: str):
    file, text, expected = FAULTS[name]
    assert faults(**{file: text}) == expected


def test_all_files_problems_come_in_one_run():
    found = faults(sites=FAULTS["site kind"][1], orders=FAULTS["unknown partner"][1], vehicles=FAULTS["shift backwards"][1])
    assert [one[0] for one in found] == ["sites.csv", "vehicles.csv", "orders.csv"]


@pytest.mark.parametrize("missing", sorted(FILES))
def test_a_missing_file_is_named(missing: str):
    given = files()
    del given[missing]
    problems = prepare_day(files=given, day=DAY).problems
    assert [(one.file, one.code) for one in problems] == [(missing, "file.missing")]


def test_a_place_abroad_is_doubtful_and_no_more():
    """Open data have shops whose longitude is their latitude."""
    prepared = prepare_day(files=files(sites=with_line("sites", 3, "D001,x,donor,34.33,34.33,,08:00,21:00")), day=DAY)
    assert prepared.problems == ()
    assert [(one.line, one.column, one.code) for one in prepared.notes] == [(3, "longitude", "site.abroad")]


def test_a_lost_zero_or_another_case_is_hinted_at():
    prepared = prepare_day(files=files(donations=with_row("donations", "d001,9520000000042,1,1,10:00,11:00")), day=DAY)
    [problem] = prepared.problems
    assert "D001" in problem.text.ja


def test_goods_may_lie_colder_than_they_need():
    assert faults(stock=with_row("stock", "9520000000165,1,1,F-01")) == []


def test_two_lots_of_one_item_date_and_place_may_differ_in_number():
    assert faults(stock=with_row("stock", "9520000000042,15,3,C-02")) == []


def test_a_pickup_day_without_a_session():
    assert faults(pickup_day=FILES["pickup_day.csv"].splitlines()[0] + "\nV01,11:00,11:30,10,,,,,\n") == []


def test_what_the_database_knows_counts_as_known():
    bring_in()
    later = files(sites=SITES.splitlines()[0] + "\n", items=ITEMS.splitlines()[0] + "\n")
    prepared = prepare_day(files=later, day=DAY.replace(day=6))
    assert prepared.problems == ()


def test_a_site_never_changes_its_kind():
    bring_in()
    text = SITES.replace("P001,みどり食堂(例),partner", "P001,みどり食堂(例),donor")
    problems = prepare_day(files=files(sites=text), day=DAY.replace(day=6)).problems
    assert ("sites.csv", 5, "kind", "site.kind_changes") in [(one.file, one.line, one.column, one.code) for one in problems]
