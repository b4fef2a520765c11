from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal

import pytest

from foodbank.core.cells import Cells
from foodbank.core.tabular import Row, Table


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


def cells(text: str) -> Cells:
    return Cells(Table("f.csv", ("x",)), Row(7, {"x": text}))


def code_of(reader: Cells) -> str:
    [problem] = reader.table.problems
    assert (problem.line, problem.column) == (7, "x")
    assert problem.text.ja
    assert problem.text.en
    return problem.code


@pytest.mark.parametrize("text", ["17", "１７", " 17 ", "+17", "017"])
def test_whole_numbers(text: str):
    assert cells(text).whole("x", least=1, most=100) == 17


def test_thousands_may_be_parted():
    assert cells("12,345").whole("x", least=1, most=100_000) == 12_345


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "cell.empty"),
        ("-5", "cell.range"),
        ("−５", "cell.range"),
        ("0", "cell.range"),
        ("100001", "cell.range"),
        ("9" * 5000, "cell.range"),
        ("3.5", "cell.whole_number"),
        ("3個", "cell.whole_number"),
        ("1,00", "cell.whole_number"),
        ("２.00E+12", "cell.exponent"),
        ("٣", "cell.whole_number"),
    ],
)
def test_refused_whole_numbers(text: str, code: str):
    reader = cells(text)
    assert reader.whole("x", least=1, most=100_000) is None
    assert code_of(reader) == code


@pytest.mark.parametrize(
    ("text", "value"), [("12.5", "12.5"), ("１２．５", "12.5"), ("1,234.125", "1234.125"), (".5", "0.5"), ("2.1000", "2.1")]
)
def test_decimals(text: str, value: str):
    assert cells(text).decimal("x", least="0", most="20000", places=3) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0.0005", "cell.too_fine"),
        ("1e3", "cell.exponent"),
        ("nan", "cell.number"),
        ("-1", "cell.range"),
        ("1.2.3", "cell.number"),
    ],
)
def test_refused_decimals(text: str, code: str):
    reader = cells(text)
    assert reader.decimal("x", least="0", most="20000", places=3) is None
    assert code_of(reader) == code


@pytest.mark.parametrize("text", ["9:30", "09:30", "９：３０", "09:30:00"])
def test_times(text: str):
    assert cells(text).time("x") == dt.time(9, 30)


@pytest.mark.parametrize("text", ["24:00", "9:60", "0930", "9時半", "0.395833", "-1:00", "9:3"])
def test_refused_times(text: str):
    reader = cells(text)
    assert reader.time("x") is None
    assert code_of(reader) == "cell.time"


@pytest.mark.parametrize("text", ["D001", "Ｄ００１", " D001 "])
def test_codes(text: str):
    assert cells(text).code("x") == "D001"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("D 1", "cell.code"),
        ("D/1", "cell.code"),
        ("..", "cell.code"),
        ("2.00E+12", "cell.exponent"),
        ("D" * 21, "cell.too_long"),
        ("", "cell.empty"),
    ],
)
def test_refused_codes(text: str, code: str):
    reader = cells(text)
    assert reader.code("x") is None
    assert code_of(reader) == code


def test_names_stay_as_written():
    """The full-width comma of an address is the address's."""
    assert cells("見本町382-1　ハイツ108，110").text("x", longest=100) == "見本町382-1　ハイツ108，110"


def test_a_line_break_in_a_name_is_a_blank():
    assert cells("上\r\n下").text("x", longest=100) == "上 下"


@pytest.mark.parametrize("text", ["小麦;卵", "小麦；卵", "卵、小麦", " 小麦 ; 卵 ;", "卵;小麦;卵"])
def test_lists(text: str):
    assert cells(text).names("x", ["卵", "乳", "小麦"]) == ("卵", "小麦")


def test_an_empty_list():
    assert cells("").names("x", ["卵"]) == ()


def test_every_unknown_name_of_a_list_is_a_problem():
    reader = cells("卵;たまご;こむぎ")
    assert reader.names("x", ["卵"]) is None
    assert [problem.params["name"] for problem in reader.table.problems] == ["たまご", "こむぎ"]


def test_choices():
    assert cells("ＲＥＤ").choice("x", Colour) is Colour.RED
    reader = cells("green")
    assert reader.choice("x", Colour) is None
    assert code_of(reader) == "cell.choice"


def test_a_cell_that_was_refused_already_is_not_refused_twice():
    table = Table("f.csv", ("x",))
    reader = Cells(table, Row(7, {"x": "=1+1"}, frozenset({"x"})))
    assert reader.whole("x", least=0, most=9) is None
    assert reader.text("x", longest=9) is None
    assert table.problems == []
    assert not reader.fine
