"""Papers on A4: nothing is lost at the end of a page, and nothing leaves the sheet."""

from __future__ import annotations

import io

import pypdfium2
import pytest

from foodbank.reports.paper import Column, Issuer, Paper, Row, Table
from foodbank.reports.pdf import pdf_bytes

COLUMNS = (Column("品名", 0.7), Column("重さ（kg）", 0.3, number=True))
LONG = "とても長い名前の見本の品　国産大豆使用・もめん豆腐三個入りお徳用"


def paper(rows: int, **changes: object) -> Paper:
    lines = tuple(Row((f"{LONG} {number}番", f"{number}.000"), remark="訂正: はじめの記録は 9 点") for number in range(rows))
    table = Table("受け取った品", COLUMNS, lines, Row(("合計", "999.000")))
    plain = {
        "title": "受領書",
        "number": "R1",
        "issuer": Issuer("見本フードバンク", "見本市1-2-3"),
        "file_name": "R1",
        "tables": (table,),
    }
    return Paper(**{**plain, **changes})


def pages(body: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(io.BytesIO(body))
    return [document[number].get_textpage().get_text_range() for number in range(len(document))]


@pytest.mark.parametrize("rows", [1, 14, 15, 16, 17, 40, 120])
def test_every_line_is_printed_once_and_the_total_is_not_alone(rows: int):
    found = pages(pdf_bytes(paper(rows)))
    text = "".join(found).replace("\r\n", "")
    assert [text.count(f" {number}番") for number in range(rows)] == [1] * rows
    assert "合計" in found[-1]
    assert f" {rows - 1}番" in found[-1].replace("\r\n", "")  # with the last line
    assert all("品名" in page for page in found)  # the heads are there again
    assert f"{len(found)} / {len(found)}" in found[-1]


@pytest.mark.parametrize("to", ["見" * 60, "Ｍ" * 200, "A" * 300])
def test_the_longest_names_stay_on_the_sheet(to: str):
    body = pdf_bytes(paper(2, to=to, issuer=Issuer("団" * 100, "住" * 150, "0" * 30), mark="訂正版", sealed=True))
    page = pypdfium2.PdfDocument(io.BytesIO(body))[0]
    text = page.get_textpage()
    boxes = [text.get_charbox(index) for index in range(text.count_chars())]
    wide, high = page.get_size()
    assert min(box[0] for box in boxes) >= 0
    assert max(box[2] for box in boxes) <= wide
    assert min(box[1] for box in boxes) >= 0
    assert max(box[3] for box in boxes) <= high


def test_the_same_paper_is_the_same_file():
    assert pdf_bytes(paper(30)) == pdf_bytes(paper(30))


def test_an_empty_table_says_what_that_means():
    empty = Table("受け取った品", COLUMNS, (), nothing="この期間に受け取った品はありません。")
    assert "この期間に受け取った品はありません。" in pages(pdf_bytes(paper(0, tables=(empty,))))[0]
