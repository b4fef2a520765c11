"""Sheets and rolls that labels are printed on, as data. Lengths in millimetres, from the upper left corner of the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """A page with ``columns`` × ``rows`` labels of one size; a roll is a page of one label."""

    key: str
    name: str
    page_width_mm: float
    page_height_mm: float
    columns: int
    rows: int
    label_width_mm: float
    label_height_mm: float
    left_mm: float = 0.0
    top_mm: float = 0.0
    gap_x_mm: float = 0.0
    gap_y_mm: float = 0.0
    padding_mm: float = 2.0

    def __post_init__(self) -> None:
        across = self.left_mm + self.columns * self.label_width_mm + (self.columns - 1) * self.gap_x_mm
        down = self.top_mm + self.rows * self.label_height_mm + (self.rows - 1) * self.gap_y_mm
        if across > self.page_width_mm + 0.001 or down > self.page_height_mm + 0.001:
            raise ValueError(f"{self.key}: the labels need {across} × {down} mm, more than the page has")

    @property
    def per_page(self) -> int:
        return self.columns * self.rows

    def corner_mm(self, position: int) -> tuple[float, float]:
        """Upper left corner of the label at ``position`` (0 is the first of the page, then along the row)."""
        row, column = divmod(position, self.columns)
        return (
            self.left_mm + column * (self.label_width_mm + self.gap_x_mm),
            self.top_mm + row * (self.label_height_mm + self.gap_y_mm),
        )

    def places(self, count: int, skip: int = 0) -> Iterator[tuple[int, float, float]]:
        """Page (from 0) and upper left corner of each of ``count`` labels when the first page's first ``skip`` are used up."""
        if not 0 <= skip < self.per_page:
            raise ValueError(f"skip must be 0 to {self.per_page - 1}, not {skip}")
        for index in range(skip, skip + count):
            page, position = divmod(index, self.per_page)
            yield page, *self.corner_mm(position)


A4_24 = Layout(
    key="a4-24",
    name="A4 24面（66 × 33.9 mm）",
    page_width_mm=210,
    page_height_mm=297,
    columns=3,
    rows=8,
    label_width_mm=66,
    label_height_mm=33.9,
    left_mm=6,
    top_mm=12.9,
)
ROLL_50X30 = Layout(
    key="roll-50x30",
    name="ロール 50 × 30 mm",
    page_width_mm=50,
    page_height_mm=30,
    columns=1,
    rows=1,
    label_width_mm=50,
    label_height_mm=30,
    padding_mm=1.5,
)
LAYOUTS = {layout.key: layout for layout in (A4_24, ROLL_50X30)}
