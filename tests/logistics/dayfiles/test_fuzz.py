"""Whatever happens to a file on its way, the answer is either the day or a list of problems with their places."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foodbank.catalog.models import Allergen, Category
from foodbank.core.errors import InputRefused, Problem
from foodbank.donations.imports import check_offers, read_offers
from foodbank.inventory.models import Lot
from logistics.dayfiles.check import check_day
from logistics.dayfiles.parse import FILES as NAMES
from logistics.dayfiles.parse import ROW_TYPES, parse_day
from logistics.dayfiles.rows import columns_of
from logistics.dayfiles.selectors import Known
from tests.logistics.dayfiles.a_day import DAY, FILES, bring_in, files

CELLS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "",
            " ",
            "=1+1",
            "-1",
            "0",
            "1e9",
            "2.00E+12",
            "９５２",
            "24:00",
            "99:99",
            "NaN",
            "inf",
            '"',
            "''",
            "\x00",
            "\ufeff",
            "乳;卵",
            "9" * 40,
            "1,000",
            "-",
            "/",
            "..",
            "\r",
            "\n",
            "𠮷",
            "ｶﾞ",
            "٣",
            "½",
            "²",
            "D001",
            "1900-01-01",
        ]
    ),
)
NAME = st.sampled_from(sorted(FILES))


@st.composite
def mutated(draw: st.DrawFn, name: str) -> bytes:
    """The file with a few cells, lines or bytes changed."""
    lines = [line.split(",") for line in FILES[name].splitlines()]
    for _ in range(draw(st.integers(0, 4))):
        row = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.sampled_from(["cell", "drop cell", "add cell", "drop line", "double line", "swap"]))
        if kind == "drop line" and len(lines) > 1:
            lines.pop(row)
        elif kind == "double line":
            lines.insert(row, list(lines[row]))
        elif kind == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[row], lines[other] = lines[other], lines[row]
        elif lines[row]:
            column = draw(st.integers(0, len(lines[row]) - 1))
            if kind == "cell":
                lines[row][column] = draw(CELLS)
            elif kind == "drop cell":
                lines[row].pop(column)
            else:
                lines[row].insert(column, draw(CELLS))
    text = draw(st.sampled_from(["\n", "\r\n", "\r"])).join(
        draw(st.sampled_from([",", ",", ",", ";", "\t"])).join(line) for line in lines
    )
    data = text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "cp932", "utf-16", "euc_jp"])), errors="replace")
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(st.binary(max_size=4)) + data[at + draw(st.integers(0, 4)) :]
    return data


def assert_placed(problem: Problem) -> None:
    assert problem.file
    assert problem.code
    assert problem.text.ja
    assert problem.text.en
    assert problem.line >= 1
    assert problem.column
    if problem.file in ROW_TYPES and not problem.column.startswith("#") and not problem.code.startswith(("file.", "row.quotes")):
        assert problem.column in columns_of(ROW_TYPES[problem.file])
    assert "\n" not in str(problem)


@settings(max_examples=400, deadline=None)
@given(data=st.data(), name=NAME)
def test_parsing_and_checking_never_fail(data: st.DataObject, name: str):
    given_files = files() | {name: data.draw(mutated(name))}
    tables = parse_day(given_files, allergens=("卵", "乳", "小麦", "そば"))
    check_day(tables, Known(categories=frozenset({"bread", "dairy", "rice", "produce"})), day=DAY)
    for problem in tables.problems:
        assert_placed(problem)
    if not tables.problems:
        assert [len(one.rows) for one in tables.all] == [len(one.table.rows) for one in tables.all]


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes_at_all(data: bytes):
    tables = parse_day(dict.fromkeys(NAMES, data), allergens=())
    check_day(tables, Known(), day=DAY)
    assert tables.problems
    for problem in tables.problems:
        assert_placed(problem)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_donation_files(data: st.DataObject):
    table, rows, seen = read_offers(data.draw(mutated("donations.csv")), file="donations.csv")
    check_offers(table, rows, seen, sites={"D001": "donor", "D002": "donor"}, items={"9520000000042": 420})
    for problem in table.problems:
        assert_placed(problem)
        assert problem.line >= 1 and problem.column


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), name=NAME)
def test_bringing_in_gives_the_day_or_its_problems(
    data: st.DataObject, name: str, django_db_blocker, request: pytest.FixtureRequest
):
    from django.db import transaction  # noqa: PLC0415 - needs the settings

    assert Category.objects.exists()
    assert Allergen.objects.exists()
    with transaction.atomic():
        try:
            bring_in(files() | {name: data.draw(mutated(name))})
        except InputRefused as refused:
            assert refused.problems
            assert not Lot.objects.exists()
            for problem in refused.problems:
                assert_placed(problem)
        else:
            assert bring_in_again_is_possible()
        transaction.set_rollback(True)


def bring_in_again_is_possible() -> bool:
    """What was brought in can be looked at: each lot has a code and a place."""
    return all(lot.code and lot.balances.filter(inside=True).count() == 1 for lot in Lot.objects.all())
