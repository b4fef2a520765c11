"""What a report says, before it becomes a page, a PDF or a file for a spreadsheet: words and rows, no layout."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from foodbank.core.units import kg

Cell = str | int | Decimal | None
"""Of a spreadsheet: words, or a number that stays one."""


@dataclass(frozen=True, slots=True)
class Column:
    """``share`` is its part of a printed line's width."""

    label: str
    share: float
    number: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells may have several lines. ``url`` is where the first cell leads to on the page; ``remark`` stands below the cells, over the
    whole width."""

    cells: tuple[str, ...]
    remark: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row as a page shows it; ``strong`` is a total."""

    cells: tuple[tuple[Column, str], ...]
    remark: str
    url: str
    strong: bool


@dataclass(frozen=True, slots=True)
class Table:
    """``nothing`` is said where there are no rows."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    nothing: str = ""

    @property
    def lines(self) -> list[Line]:
        """The rows and the total, each cell beside its column."""
        every = [(row, False) for row in self.rows] + ([(self.total, True)] if self.total else [])
        return [Line(tuple(zip(self.columns, row.cells, strict=True)), row.remark, row.url, strong) for row, strong in every]


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who writes: the food bank, as its depot is registered."""

    name: str
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """``to`` is whom it is for; ``mark`` is stamped beside the title (a corrected receipt, a day that is not over); ``sealed`` leaves
    room for a seal. ``sheet`` are the rows of the spreadsheet, headings first."""

    title: str
    number: str
    issuer: Issuer
    file_name: str
    facts: tuple[tuple[str, str], ...] = ()
    to: str = ""
    mark: str = ""
    lead: str = ""
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    sealed: bool = False
    sheet: tuple[tuple[Cell, ...], ...] = ()


def exact_kg(grams: int) -> str:
    """``1234567`` → ``1,234.567``: to the gram, so that columns add up."""
    return f"{kg(grams, 3):,}"
