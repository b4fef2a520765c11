"""Every way in which a donations file can be wrong, with the line and column that has to be named."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from foodbank.donations.imports import near_code
from foodbank.donations.models import Offer
from tests.factories import AgreementFactory, DonorFactory, ItemFactory, PartnerFactory

DAY = dt.date(2026, 12, 5)
HEADER = "donor_code,gtin,quantity,expires_in_days,ready_from,ready_until"
FIRST = "D001,9520000000042,17,6,10:00,12:00"
GOOD = f"{HEADER}\n{FIRST}\nD001,9520000000110,6,180,10:00,14:00\n"


def in_third_line(text: str) -> bytes:
    return f"{HEADER}\n{FIRST}\n{text}\n".encode()


# name: (file, [(line, column, code)])
MALFORMED: dict[str, tuple[bytes, list[tuple[int, str, str]]]] = {
    "unknown donor": (in_third_line("D999,9520000000042,17,6,10:00,12:00"), [(3, "donor_code", "site.unknown")]),
    "partner as donor": (in_third_line("P001,9520000000042,17,6,10:00,12:00"), [(3, "donor_code", "site.wrong_kind")]),
    "donor without agreement": (in_third_line("D003,9520000000042,1,6,10:00,12:00"), [(3, "donor_code", "site.no_agreement")]),
    "empty donor": (in_third_line(",9520000000042,17,6,10:00,12:00"), [(3, "donor_code", "cell.empty")]),
    "unknown item": (in_third_line("D001,9520000000059,17,6,10:00,12:00"), [(3, "gtin", "item.unknown")]),
    "check digit": (in_third_line("D001,9520000000043,17,6,10:00,12:00"), [(3, "gtin", "gtin.check_digit")]),
    "exponent": (in_third_line("D001,9.52E+12,17,6,10:00,12:00"), [(3, "gtin", "cell.exponent")]),
    "short code": (in_third_line("D001,952000,17,6,10:00,12:00"), [(3, "gtin", "gtin.length")]),
    "letters in code": (in_third_line("D001,95200000000AB,17,6,10:00,12:00"), [(3, "gtin", "gtin.not_digits")]),
    "negative": (in_third_line("D001,9520000000042,-3,6,10:00,12:00"), [(3, "quantity", "cell.range")]),
    "zero": (in_third_line("D001,9520000000042,0,6,10:00,12:00"), [(3, "quantity", "cell.range")]),
    "absurd": (in_third_line("D001,9520000000042,1000000,6,10:00,12:00"), [(3, "quantity", "cell.range")]),
    "absurd weight": (in_third_line("D001,9520000000110,20001,6,10:00,12:00"), [(3, "quantity", "quantity.absurd")]),
    "half a unit": (in_third_line("D001,9520000000042,1.5,6,10:00,12:00"), [(3, "quantity", "cell.whole_number")]),
    "words for a number": (in_third_line("D001,9520000000042,たくさん,6,10:00,12:00"), [(3, "quantity", "cell.whole_number")]),
    "no quantity": (in_third_line("D001,9520000000042,,6,10:00,12:00"), [(3, "quantity", "cell.empty")]),
    "past date": (in_third_line("D001,9520000000042,17,-1,10:00,12:00"), [(3, "expires_in_days", "date.past")]),
    "absurd date": (in_third_line("D001,9520000000042,17,9999,10:00,12:00"), [(3, "expires_in_days", "cell.range")]),
    "a date for days": (
        in_third_line("D001,9520000000042,17,2026-12-10,10:00,12:00"),
        [(3, "expires_in_days", "cell.whole_number")],
    ),
    "window backwards": (in_third_line("D001,9520000000042,17,6,12:00,10:00"), [(3, "ready_until", "window.backwards")]),
    "window of no length": (in_third_line("D001,9520000000042,17,6,12:00,12:00"), [(3, "ready_until", "window.backwards")]),
    "no such time": (
        in_third_line("D001,9520000000042,17,6,25:00,26:00"),
        [(3, "ready_from", "cell.time"), (3, "ready_until", "cell.time")],
    ),
    "formula": (in_third_line("D001,9520000000042,=1+1,6,10:00,12:00"), [(3, "quantity", "cell.formula")]),
    "command": (in_third_line("@cmd,9520000000042,17,6,10:00,12:00"), [(3, "donor_code", "cell.formula")]),
    "too few cells": (in_third_line("D001,9520000000042,17"), [(3, "expires_in_days", "row.too_short")]),
    "too many cells": (in_third_line("D001,9520000000042,17,6,10:00,12:00,x"), [(3, "#7", "row.too_long")]),
    "open quotation mark": (in_third_line('D001,"9520000000042,17,6,10:00,12:00'), [(3, "gtin", "row.quotes")]),
    "the same row again": (in_third_line(FIRST), [(3, "gtin", "row.twice")]),
    "the same with another count": (in_third_line("D001,9520000000042,18,6,10:00,12:00"), [(3, "gtin", "row.twice")]),
    "missing column": (
        b"donor_code,gtin,quantity,expires_in_days,ready_from\nD001,9520000000042,17,6,10:00\n",
        [(1, "ready_until", "column.missing")],
    ),
    "misspelt column": (
        GOOD.replace("quantity", "qty_quantiy").replace("qty_", "").encode(),
        [(1, "quantity", "column.misspelt")],
    ),
    "column twice": (
        GOOD.replace("ready_from", "gtin").encode(),
        [(1, "gtin", "column.twice"), (1, "ready_from", "column.missing")],
    ),
    "no header": (f"{FIRST}\n".encode(), [(1, column, "column.missing") for column in HEADER.split(",")]),
    "header alone": (f"{HEADER}\n".encode(), [(2, "donor_code", "file.no_rows")]),
    "empty": (b"", [(1, "donor_code", "file.empty")]),
    "excel": (b"PK\x03\x04" + b"\x00" * 50, [(1, "#1", "file.binary")]),
    "nul byte": (GOOD.encode() + b"D0\x0001,", [(4, "donor_code", "file.binary")]),
    "broken character": (
        in_third_line("D001,9520000000042,17,6,10:00,12:00")[:-3] + b"\xff\n",
        [(3, "ready_until", "file.encoding")],
    ),
    "control character": (in_third_line("D001,9520000000042,1\x077,6,10:00,12:00"), [(3, "quantity", "cell.control")]),
    "after a cell with a line break": (
        f'{HEADER},備考\n{FIRST},"上\n下"\nD999,9520000000042,1,6,10:00,12:00,\n'.encode(),
        [(4, "donor_code", "site.unknown")],
    ),
    "everything at once": (
        in_third_line("D999,9520000000043,-3,-1,12:00,10:00"),
        [
            (3, "donor_code", "site.unknown"),
            (3, "gtin", "gtin.check_digit"),
            (3, "quantity", "cell.range"),
            (3, "expires_in_days", "date.past"),
            (3, "ready_until", "window.backwards"),
        ],
    ),
    "every line": (
        f"{HEADER}\nD999,9520000000042,1,6,10:00,12:00\n{FIRST}\nD001,9520000000042,x,6,10:00,12:00\n".encode(),
        [(2, "donor_code", "site.unknown"), (4, "quantity", "cell.whole_number")],
    ),
}


@pytest.fixture
def known(db: None) -> None:
    for code in ("D001", "D002"):
        donor = DonorFactory(site__code=code, agreement=None)
        AgreementFactory(site=donor.site, valid_from=DAY, valid_until=DAY)
    DonorFactory(site__code="D003", agreement=None)
    PartnerFactory(site__code="P001")
    ItemFactory(gtin="9520000000042", unit_weight_g=420)
    ItemFactory(gtin="9520000000110", unit_weight_g=5000)


def run(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """Exit code and standard error of the command."""
    capsys.readouterr()
    try:
        call_command("import_donations", str(path), "--date", str(DAY))
    except SystemExit as ended:
        return int(ended.code or 0), capsys.readouterr().err.splitlines()
    return 0, capsys.readouterr().err.splitlines()


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_files_name_line_and_column(name: str, known: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    data, expected = MALFORMED[name]
    path = tmp_path / "offers.csv"
    path.write_bytes(data)
    code, lines = run(path, capsys)
    assert code == 2
    starts = [f"offers.csv:{line}:{column}: " for line, column, _ in expected]
    assert [line[: len(start)] for line, start in zip(lines, starts, strict=True)] == starts
    assert all(" / " in line for line in lines)
    assert not Offer.objects.exists()


def test_there_are_many_of_them():
    assert len(MALFORMED) >= 25


@pytest.mark.parametrize("name", MALFORMED)
def test_each_problem_has_its_code(name: str, known: None):
    from foodbank.donations.services.imports import prepare_offers  # noqa: PLC0415 - needs the settings

    data, expected = MALFORMED[name]
    problems = prepare_offers(data=data, file="offers.csv", day=DAY).problems
    assert [(one.line, one.column, one.code) for one in problems] == expected


@pytest.mark.parametrize("argument", ["no-such-file.csv", "."])
def test_no_file(argument: str, known: None, capsys: pytest.CaptureFixture[str]):
    code, lines = run(Path(argument), capsys)
    assert code == 2
    assert len(lines) == 1


@pytest.mark.parametrize("date", ["2026-13-01", "tomorrow", "2026-2-30", "", "20261205"])
def test_no_such_day(date: str, known: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "offers.csv"
    path.write_text(GOOD)
    with pytest.raises(SystemExit) as ended:
        call_command("import_donations", str(path), f"--date={date}")
    assert ended.value.code == 2
    assert "--date" in capsys.readouterr().err


@pytest.mark.parametrize(
    "data",
    [
        GOOD.encode(),
        GOOD.encode("utf-8-sig"),
        GOOD.replace("\n", "\r\n").encode("cp932"),
        GOOD.replace("D001", "Ｄ００１").replace("17", "１７").replace("10:00", "１０：００").encode("cp932"),
        GOOD.replace("9520000000042", "９５２００００００００４２").encode(),
        GOOD.replace(",17,", ",017,").replace("10:00", "10:00:00").encode(),
    ],
    ids=["utf8", "bom", "cp932-crlf", "full-width-cp932", "full-width-gtin", "other-spelling"],
)
def test_every_spelling_is_the_same_file(data: bytes, known: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "offers.csv"
    path.write_text(GOOD)
    assert run(path, capsys)[0] == 0
    before = list(Offer.objects.values())
    assert [(offer["quantity"], offer["last_day"]) for offer in before] == [
        (17, dt.date(2026, 12, 11)),  # six days from 5 December
        (6, dt.date(2027, 6, 3)),  # 180 days: 26 of December, 31+28+31+30+31 = 151 to the end of May, 3 of June
    ]
    path.write_bytes(data)
    assert run(path, capsys) == (0, [])
    assert list(Offer.objects.values()) == before


def test_an_offer_recorded_with_another_quantity_is_not_counted_twice(
    known: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "offers.csv"
    path.write_text(GOOD)
    assert run(path, capsys)[0] == 0
    path.write_text(GOOD.replace(",17,", ",18,"))
    code, lines = run(path, capsys)
    assert code == 2
    assert [line.split(": ")[0] for line in lines] == ["offers.csv:2:quantity"]
    assert sorted(Offer.objects.values_list("quantity", flat=True)) == [6, 17]


def test_more_of_the_same_day_is_added(known: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "offers.csv"
    path.write_text(GOOD)
    run(path, capsys)
    path.write_text(GOOD + "D002,9520000000110,2,30,10:00,14:00\n")
    assert run(path, capsys) == (0, [])
    assert Offer.objects.count() == 3


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["unknown donor", "formula", "excel", "empty", "everything at once", "donor without agreement"])
def test_a_refused_file_leaves_the_database_as_it_was_to_the_byte(
    name: str, known: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "offers.csv"
    path.write_bytes(MALFORMED[name][0])
    before = _database_hash()
    assert run(path, capsys)[0] == 2
    assert _database_hash() == before
    # the control: a good file changes the bytes
    path.write_text(GOOD)
    assert run(path, capsys)[0] == 0
    assert _database_hash() != before


def _database_hash() -> str:
    """Of the database file, with everything that was written folded into it."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file = Path(connection.settings_dict["NAME"])
    wal = file.with_name(file.name + "-wal")
    return hashlib.sha256(file.read_bytes() + (wal.read_bytes() if wal.exists() else b"")).hexdigest()


@pytest.mark.parametrize(("given", "meant"), [("7", "007"), ("d001", "D001"), ("X9", "")])
def test_lost_zeros_and_other_cases_are_hinted_at(given: str, meant: str):
    assert near_code(given, {"007": "donor", "D001": "donor"}) == meant
