"""Scans as scanners send them; dates are checked by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foodbank.core.dates import DatePrecision, FoodDate
from foodbank.labels.gs1 import Scan, ScanRefused, parse_scan

GTIN = "4901234567894"
GS = "\x1d"
TODAY = dt.date(2026, 12, 5)


def day(year: int, month: int, number: int) -> FoodDate:
    return FoodDate(dt.date(year, month, number), DatePrecision.DAY)


def month(year: int, number: int, last: int) -> FoodDate:
    return FoodDate(dt.date(year, number, last), DatePrecision.MONTH)


@pytest.mark.parametrize("text", [GTIN, f"]E0{GTIN}", "４９０１２３４５６７８９４", f" {GTIN}\r\n", f"0{GTIN}"])
def test_a_plain_jan_code(text: str):
    scan = parse_scan(text)
    assert scan.gtin == GTIN
    assert not scan.in_store
    assert scan.best_before is scan.use_by is None


def test_a_case_code_tells_the_item_inside():
    scan = parse_scan("14901234567891")
    assert (scan.gtin, scan.inner_gtin) == ("14901234567891", GTIN)


def test_in_store_codes_are_flagged():
    assert parse_scan("2000000000008").in_store
    assert parse_scan("0212345678909").in_store
    assert parse_scan("0102000000000008").in_store


def test_gs1_128_with_everything():
    scan = parse_scan(f"]C1010490123456789415261231172612281126120110AB-12{GS}3012{GS}3103001500")
    assert scan.gtin == GTIN
    assert scan.best_before == day(2026, 12, 31)
    assert scan.use_by == day(2026, 12, 28)
    assert scan.production == day(2026, 12, 1)
    assert scan.lot_number == "AB-12"
    assert scan.count == 12
    assert scan.grams == 1500  # 001500 with three decimals is 1.500 kg
    assert scan.warnings == ()


@pytest.mark.parametrize(("ai", "value", "grams"), [("3100", "000012", 12000), ("3102", "000150", 1500), ("3105", "012345", 123)])
def test_net_weight_in_each_scale(ai: str, value: str, grams: int):
    # 12 kg; 1.50 kg; 0.12345 kg = 123.45 g → 123 g
    assert parse_scan(f"01{GTIN.zfill(14)}{ai}{value}").grams == grams


def test_day_zero_is_the_months_last_day():
    assert parse_scan("0104901234567894" + "15270200").best_before == month(2027, 2, 28)
    assert parse_scan("0104901234567894" + "15280200").best_before == month(2028, 2, 29)
    assert parse_scan("0104901234567894" + "17270300").use_by == month(2027, 3, 31)


def test_best_before_and_use_by_are_never_mixed():
    assert parse_scan("15270301").use_by is None
    assert parse_scan("17270301").best_before is None


@pytest.mark.parametrize("spelling", [GS, "<GS>", "{GS}", "^]", "\u241d", "<FNC1>"])
def test_the_separator_as_scanners_write_it(spelling: str):
    scan = parse_scan(f"]d2010490123456789410LOT9{spelling}15270115")
    assert scan.lot_number == "LOT9"
    assert scan.best_before == day(2027, 1, 15)
    assert scan.warnings == ()


@pytest.mark.parametrize(
    ("tail", "lot", "best_before"),
    [
        ("10AB1215270115", "AB12", day(2027, 1, 15)),
        ("10A15270100", "A", month(2027, 1, 31)),
        ("10715261231", "7", day(2026, 12, 31)),
        ("10LOT15", "LOT15", None),
        ("10AB15269999", "AB15269999", None),  # month 99 is no date: it belongs to the lot number
    ],
)
def test_a_missing_separator(tail: str, lot: str, best_before: FoodDate | None):
    scan = parse_scan(f"0104901234567894{tail}", today=TODAY)
    assert scan.lot_number == lot
    assert scan.best_before == best_before
    assert scan.warnings == (("scan.separator_missing",) if best_before else ())


def test_a_missing_separator_before_two_dates():
    scan = parse_scan("010490123456789410XY1726121015261231", today=TODAY)
    assert (scan.lot_number, scan.use_by, scan.best_before) == ("XY", day(2026, 12, 10), day(2026, 12, 31))


def test_a_missing_separator_after_a_count():
    scan = parse_scan("0104901234567894301215270115", today=TODAY)
    assert (scan.count, scan.best_before) == (12, day(2027, 1, 15))


def test_implausible_dates_do_not_cut_a_lot_number():
    # 15 550101 would be 1 January 2055, 29 years ahead: a lot number, not a date.
    scan = parse_scan("010490123456789410AB15550101", today=TODAY)
    assert (scan.lot_number, scan.best_before) == ("AB15550101", None)


def test_several_readings_take_the_earliest_date_and_say_so():
    # Lot A, best before 2026-12-12, 15,270,101 pieces? Or lot A1526121230, best before 2027-01-01? The earlier is safe.
    scan = parse_scan("010490123456789410A152612123015270101", today=TODAY)
    assert scan.best_before == day(2026, 12, 12)
    assert scan.warnings == ("scan.separator_missing", "scan.ambiguous")


def test_a_digital_link():
    scan = parse_scan(f"https://id.gs1.org/01/{GTIN.zfill(14)}/10/ABC%2F1?15=270300&17=261210&3103=000195&11=261101")
    assert scan.gtin == GTIN
    assert scan.lot_number == "ABC/1"
    assert scan.best_before == month(2027, 3, 31)
    assert scan.use_by == day(2026, 12, 10)
    assert scan.grams == 195


def test_brackets_as_printed_under_the_bars():
    scan = parse_scan("(01)04901234567894 (15)270115 (10)AB")
    assert (scan.gtin, scan.best_before, scan.lot_number) == (GTIN, day(2027, 1, 15), "AB")


def test_an_unreadable_date_is_a_warning_not_a_date():
    scan = parse_scan("0104901234567894" + "15000000")
    assert scan.best_before is None
    assert scan.warnings == ("scan.bad_date",)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "scan.empty"),
        (GS, "scan.empty"),
        ("こんにちは", "scan.unreadable"),
        ("https://example.jp/menu", "scan.unreadable"),
        ("http://[broken", "scan.unreadable"),
        ("9" * 500, "scan.too_long"),
        ("4901234567893", "gtin.check_digit"),
        ("0104901234567893", "gtin.check_digit"),
        ("(99", "scan.unreadable"),
    ],
)
def test_faults_are_named_in_two_languages(text: str, fault: str):
    with pytest.raises(ScanRefused) as caught:
        parse_scan(text)
    assert caught.value.code == fault
    assert caught.value.text.ja
    assert caught.value.text.en


_PIECES = [
    "01",
    "04901234567894",
    "10",
    "15",
    "17",
    "21",
    "30",
    "3103",
    "261231",
    "270300",
    "AB",
    "9",
    GS,
    "(",
    ")",
    "https://x.jp/01/",
    "１",
]


@settings(max_examples=300, deadline=1000)
@given(st.lists(st.sampled_from(_PIECES), max_size=14).map("".join))
def test_whatever_is_scanned_is_read_or_refused(text: str):
    try:
        scan = parse_scan(text, today=TODAY)
    except ScanRefused as refusal:
        assert refusal.text.ja
    else:
        assert scan != Scan(scan.raw)


def test_an_empty_count_is_no_count():
    assert parse_scan("010490123456789430").count is None
