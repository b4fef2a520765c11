from __future__ import annotations

import pytest

from foodbank.core.tabular import MAX_BYTES, MAX_CELL, MAX_ROWS, Table, is_formula, read_table

COLUMNS = ("code", "name", "quantity")
GOOD = "code,name,quantity\nA1,りんご,3\nA2,みかん,4\n"
ROWS = [{"code": "A1", "name": "りんご", "quantity": "3"}, {"code": "A2", "name": "みかん", "quantity": "4"}]


def read(data: bytes | str) -> Table:
    return read_table(data if isinstance(data, bytes) else data.encode(), file="f.csv", columns=COLUMNS)


def places(table: Table) -> list[tuple[int, str, str]]:
    return [(one.line, one.column, one.code) for one in table.by_place(table.problems)]


@pytest.mark.parametrize(
    "data",
    [
        GOOD.encode(),
        GOOD.encode("utf-8-sig"),
        GOOD.encode("cp932"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
        GOOD.replace("\n", "\r\n").encode("cp932"),
        GOOD.rstrip("\n").encode(),
        (GOOD + "\n\n,,\n").encode(),
        GOOD.replace("\n", ",,\n").encode(),
        GOOD.replace(",", "\t").encode(),
        GOOD.replace(",", ";").encode(),
        b"\n" + GOOD.encode(),
        GOOD.replace("code,name", "Code , ＮＡＭＥ").encode(),
        GOOD.replace("A1,りんご,3", '"A1","りんご","3"').encode(),
        GOOD.replace("quantity\n", "quantity,備考\n").replace("3\n", "3,x\n").encode(),
        GOOD.replace("A1", "\ufeffA1\u200b").encode(),
    ],
    ids=[
        "utf8",
        "bom",
        "cp932",
        "crlf",
        "cr",
        "cp932-crlf",
        "no-last-newline",
        "empty-lines",
        "empty-columns",
        "tab",
        "semicolon",
        "empty-first-line",
        "header-width",
        "quoted",
        "extra-column",
        "invisible",
    ],
)
def test_the_same_rows_whatever_the_spelling(data: bytes):
    table = read(data)
    assert table.problems == []
    assert [dict(row.cells) for row in table.rows] == ROWS


@pytest.mark.parametrize(
    ("start", "code", "word"),
    [
        (b"PK\x03\x04rest", "file.binary", "Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "file.binary", "Excel"),
        (b"%PDF-1.7", "file.binary", "PDF"),
        (b"\x89PNG\r\n", "file.binary", "PNG"),
        (GOOD.encode("utf-16"), "file.utf16", "UTF-16"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_its_name(start: bytes, code: str, word: str):
    [problem] = read(start).problems
    assert (problem.code, problem.line, problem.column) == (code, 1, "#1")
    assert word in problem.text.ja
    assert "CSV" in problem.text.ja


def test_nul_bytes_are_named_with_their_line():
    assert places(read(b"code,name,quantity\nA1,x,3\nA2,\x00,4\n")) == [(3, "name", "file.binary")]


@pytest.mark.parametrize(
    "data",
    [
        # a stray byte in the third line of an UTF-8 file, and of a CP932 file
        b"code,name,quantity\nA1," + "りんご".encode() + b",3\nA2,\xff,4\n",
        b"code,name,quantity\r\nA1," + "りんご".encode("cp932") + b",3\r\nA2,\xa0,4\r\n",
        # broken after a BOM
        b"\xef\xbb\xbfcode,name,quantity\nA1,x,3\nA2,\x83\x81,4\n",
    ],
)
def test_an_unreadable_character_is_named_with_its_line(data: bytes):
    assert places(read(data)) == [(3, "name", "file.encoding")]


@pytest.mark.parametrize(
    "data",
    [
        # half-width katakana of CP932 are two-byte letters of UTF-8 as well
        b"code,name,quantity\nA1,x,3\nA2,\xc3\xb1,4\n",
        # EUC-JP reads as half-width katakana and rare kanji of CP932
        b"code,name,quantity\nA1,x,3\nA2," + "米".encode("euc_jp") + b",4\n",
    ],
)
def test_what_could_be_two_encodings_is_not_guessed(data: bytes):
    assert places(read(data)) == [(3, "name", "file.encoding_unclear")]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b" , ,\r\n", "　\n".encode()])
def test_an_empty_file(data: bytes):
    assert places(read(data)) == [(1, "code", "file.empty")]


def test_too_big_a_file():
    assert places(read(b"x" * (MAX_BYTES + 1))) == [(1, "code", "file.too_big")]


def test_missing_misspelt_and_double_columns_are_all_named():
    assert places(read("code,nmae,code,other\nA1,x,1,2\n")) == [
        (1, "code", "column.twice"),
        (1, "name", "column.misspelt"),
        (1, "quantity", "column.missing"),
    ]


def test_the_misspelt_column_is_named():
    [problem] = read("code,name,qantity\nA1,x,1\n").problems
    assert problem.params["found"] == "qantity"


def test_too_many_and_too_few_cells():
    table = read("code,name,quantity\nA1,x\nA2,x,3,4\nA3,x,3\n")
    assert places(table) == [(2, "quantity", "row.too_short"), (3, "#4", "row.too_long")]
    assert [row.line for row in table.rows] == [4]


def test_lines_stay_right_after_a_line_break_inside_a_cell():
    table = read('code,name,quantity\nA1,"上\r\n下",3\nA2,=1+1,4\n')
    assert places(table) == [(4, "name", "cell.formula")]
    assert [row.line for row in table.rows] == [2, 4]


def test_an_unclosed_quotation_mark_is_named_where_it_begins():
    assert places(read('code,name,quantity\nA1,x,3\nA2,"y,4\nA3,z,5\n')) == [(3, "name", "row.quotes")]


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+CMD", "-cmd", "=HYPERLINK(1)", " =1+1"])
def test_formulas_are_refused(cell: str):
    assert places(read(f"code,name,quantity\nA1,{cell},3\n")) == [(2, "name", "cell.formula")]


@pytest.mark.parametrize("cell", ["-5", "+81 87-000-0000", "−5", "-", "a=b", "＠みどり", "-1.5", "'=1"])
def test_signs_before_numbers_and_inside_words_are_no_formulas(cell: str):
    assert not is_formula(cell)


def test_control_characters_and_endless_cells():
    table = read(f"code,name,quantity\nA1,a\x07b,3\nA2,{'x' * (MAX_CELL + 1)},3\n")
    assert places(table) == [(2, "name", "cell.control"), (3, "name", "cell.too_long")]


def test_a_cell_longer_than_the_reader_can_hold_is_a_problem_not_a_fault():
    assert places(read(f"code,name,quantity\nA1,{'x' * 200_000},3\n"))[0][0] == 2


def test_a_header_longer_than_the_reader_can_hold_is_a_problem_not_a_fault():
    assert places(read("x" * 200_000 + "\n")) == [(1, "#1", "row.quotes")]


def test_too_many_rows():
    data = "code,name,quantity\n" + "A,x,1\n" * (MAX_ROWS + 2)
    assert places(read(data)) == [(MAX_ROWS + 2, "code", "file.too_many_rows")]
