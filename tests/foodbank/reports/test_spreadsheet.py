"""Files that Excel opens, and that cannot run anything there."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from foodbank.reports.spreadsheet import csv_bytes


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+81", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "　=1", "＝1", "＋1", "－1", "＠A1", '=HYPERLINK("x")'],
)
def test_what_begins_like_a_formula_is_shown_as_text(text: str):
    [[cell]] = csv.reader(io.StringIO(csv_bytes([[text]]).decode("utf-8-sig"), newline=""))
    assert cell == f"'{text}"


@pytest.mark.parametrize("text", ["見本牛乳", "A-1", "9520000000042", "2026-12-05", "", "牛乳=新"])
def test_other_text_is_left_alone(text: str):
    [[cell, _end]] = csv.reader(io.StringIO(csv_bytes([[text, "x"]]).decode("utf-8-sig")))
    assert cell == text


def test_numbers_stay_numbers_and_the_encoding_is_what_excel_expects():
    body = csv_bytes([["重さ", -5, Decimal("-1.250"), None], ['か,ん"ま', 0, Decimal(0), ""]])
    assert body == b"\xef\xbb\xbf" + '重さ,-5,-1.250,\r\n"か,ん""ま",0,0,\r\n'.encode()
