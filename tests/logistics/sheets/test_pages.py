from __future__ import annotations

import pytest

from logistics.sheets.pages import Block, Row, paginate


def rows(count: int, height: float = 10) -> tuple[Row, ...]:
    return tuple(Row(height, lambda canvas, area: None) for _ in range(count))


def heights(blocks: list[Block], *, first: float = 100, other: float = 100) -> list[list[float]]:
    return [[part.height for part in page] for page in paginate(blocks, first=first, other=other)]


def test_a_block_that_does_not_fit_goes_to_the_next_page_whole():
    # 60 + gap 7 + 40 = 107 > 100
    assert heights([Block(rows(6)), Block(rows(4))]) == [[60], [40]]


def test_blocks_share_a_page_while_they_fit():
    # 50 + 7 + 43 = 100
    assert heights([Block(rows(5)), Block(rows(1, 43))]) == [[50, 43]]


def test_a_block_longer_than_a_page_is_split_with_its_head_repeated():
    head = Row(20, lambda canvas, area: None)
    # 25 rows of 10: 10 on the first page; then 20 of head and 8 rows; then head and the last 7.
    assert heights([Block(rows(25), again=head)]) == [[100], [100], [90]]


def test_a_long_block_begins_on_a_new_page_when_little_room_is_left():
    # 70 used leaves 30 < 40 % of 100.
    assert heights([Block(rows(7)), Block(rows(12))]) == [[70], [100], [20]]


def test_every_row_is_drawn_once():
    blocks = [Block(rows(n, 7)) for n in (3, 40, 1, 14, 2)]
    drawn = [row for page in paginate(blocks, first=90, other=100) for part in page for row in part.rows]
    assert [id(row) for row in drawn] == [id(row) for block in blocks for row in block.rows]


def test_nothing_stands_below_the_page():
    blocks = [Block(rows(n, 9)) for n in range(1, 30)]
    for number, page in enumerate(paginate(blocks, first=80, other=120)):
        assert all(part.top + part.height <= (80 if number == 0 else 120) for part in page)


def test_a_row_higher_than_a_page_is_an_error():
    with pytest.raises(ValueError, match="higher than a page"):
        paginate([Block(rows(1, 101))], first=100, other=100)
