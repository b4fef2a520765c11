from __future__ import annotations

import pytest

from foodbank.labels.layouts import A4_24, LAYOUTS, ROLL_50X30, Layout


def test_a4_has_24_places_that_fill_the_sheet_evenly():
    assert A4_24.per_page == 24
    assert A4_24.corner_mm(0) == (6, 12.9)
    # Last of the row: 6 + 2 × 66 = 138, and 138 + 66 = 204 leaves 6 mm. Last row: 12.9 + 7 × 33.9 = 250.2, + 33.9 leaves 12.9.
    assert A4_24.corner_mm(23) == pytest.approx((138, 250.2))


def test_partly_used_sheets_begin_at_the_first_free_label():
    places = list(A4_24.places(3, skip=22))
    assert [page for page, _, _ in places] == [0, 0, 1]
    assert places[0][1:] == A4_24.corner_mm(22)
    assert places[2][1:] == A4_24.corner_mm(0)


def test_a_roll_is_one_label_a_page():
    assert [page for page, _, _ in ROLL_50X30.places(3)] == [0, 1, 2]


@pytest.mark.parametrize("skip", [-1, 24])
def test_an_impossible_skip_is_refused(skip: int):
    with pytest.raises(ValueError, match="skip"):
        list(A4_24.places(1, skip=skip))


def test_a_layout_larger_than_its_page_is_refused():
    with pytest.raises(ValueError, match="more than the page"):
        Layout("x", "x", 100, 100, 2, 2, 51, 40)


def test_layouts_are_found_by_key():
    assert set(LAYOUTS) == {"a4-24", "roll-50x30"}
