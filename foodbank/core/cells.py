"""Typed cells of a :class:`~foodbank.core.tabular.Table`. A cell that cannot be read becomes a problem of the table, not an exception."""

from __future__ import annotations

import datetime as dt
import enum
import re
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TypeVar

from foodbank.core.codes import LONGEST, code_fault
from foodbank.core.errors import Refusal
from foodbank.core.tabular import Row, Table, narrow

T = TypeVar("T")
E = TypeVar("E", bound=enum.Enum)
_EXPONENT = re.compile(r"[+-]?\d+([.,]\d*)?[eE][+-]?\d+")
_LIST_MARKS = re.compile(r"[;、､]")


class Cells:
    """Reads the cells of one row. Each method returns the value, or ``None`` after noting a problem at the row's line."""

    def __init__(self, table: Table, row: Row) -> None:
        self.table = table
        self.row = row
        self.values: dict[str, object] = {}
        """What could be read so far, by column, also of a row that turns out to be faulty elsewhere."""
        self._before = len(table.problems)

    @property
    def fine(self) -> bool:
        """Whether nothing is wrong with the row so far."""
        return len(self.table.problems) == self._before and not self.row.faulty

    def refuse(self, column: str, code: str, ja: str, en: str, **params: object) -> None:
        """Note a problem of this row."""
        self.table.refuse(self.row.line, column, code, ja, en, **params)

    def note(self, column: str, code: str, ja: str, en: str, **params: object) -> None:
        """Note something doubtful in this row."""
        self.table.note(self.row.line, column, code, ja, en, **params)

    def empty(self, column: str) -> bool:
        return not self.row.cells[column]

    def text(self, column: str, *, longest: int, optional: bool = False) -> str | None:
        """A name or note as written (NFC; line breaks become blanks)."""
        if column in self.row.faulty:
            return None
        value = " ".join(unicodedata.normalize("NFC", self.row.cells[column]).replace("\t", " ").splitlines()).strip()
        if not value and not optional:
            self._given(column)
            return None
        if len(value) > longest:
            self.refuse(
                column,
                "cell.too_long",
                f"長すぎます（{len(value)}文字、上限{longest}文字）。",
                f"{len(value)} characters; at most {longest} fit.",
            )
            return None
        return self._read(column, value)

    def code(self, column: str, *, longest: int = LONGEST) -> str | None:
        """A code: letters, digits, ``-``, ``_`` and ``.``; full width is made plain."""
        value = self._given(column)
        if value is None:
            return None
        fault = code_fault(value, longest=longest)
        if fault is not None:
            word, why = fault
            self.refuse(column, word, why.ja, why.en)
            return None
        return self._read(column, value)

    def parsed(self, column: str, read: Callable[[str], T]) -> T | None:
        """Whatever ``read`` makes of the cell; its :class:`Refusal` becomes the problem."""
        value = self._given(column)
        if value is None:
            return None
        try:
            return self._read(column, read(value))
        except Refusal as refusal:
            self.refuse(column, refusal.code, refusal.text.ja, refusal.text.en, **refusal.params)
            return None

    def whole(self, column: str, *, least: int, most: int, unit: str = "") -> int | None:
        """A whole number in a range. Thousands may be parted by commas."""
        value = self._given(column)
        if value is None:
            return None
        if not re.fullmatch(r"[+-]?(\d{1,3}(,\d{3})+|\d+)", value) or not value.isascii():
            self.refuse(column, "cell.whole_number", f"「{value}」は整数ではありません。", f"{value!r} is not a whole number.")
            return None
        digits = value.replace(",", "")
        # Python refuses to read very long digit strings; nothing that long is in any range.
        number = int(digits) if len(digits) <= 18 else (-(10**18) if digits.startswith("-") else 10**18)
        if not self._in_range(column, number, value, least=least, most=most, unit=unit):
            return None
        return self._read(column, number)

    def decimal(self, column: str, *, least: str, most: str, places: int, unit: str = "") -> Decimal | None:
        """A number with at most ``places`` decimals in a range."""
        value = self._given(column)
        if value is None:
            return None
        if not re.fullmatch(r"[+-]?((\d{1,3}(,\d{3})+|\d+)(\.\d*)?|\.\d+)", value) or not value.isascii():
            self.refuse(column, "cell.number", f"「{value}」は数ではありません。", f"{value!r} is not a number.")
            return None
        number = Decimal(value.replace(",", ""))
        if not self._in_range(column, number, value, least=Decimal(least), most=Decimal(most), unit=unit):
            return None
        exponent = number.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > places:
            self.refuse(
                column,
                "cell.too_fine",
                f"「{value}」は細かすぎます（小数は{places}桁まで）。",
                f"{value!r} has more than {places} decimals.",
            )
            return None
        return self._read(column, number)

    def time(self, column: str) -> dt.time | None:
        """``9:30``, ``09:30``, ``09:30:00``, full width too."""
        value = self._given(column)
        if value is None:
            return None
        match = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})(?::00)?", value)
        if match and int(match[1]) < 24 and int(match[2]) < 60:
            return self._read(column, dt.time(int(match[1]), int(match[2])))
        self.refuse(
            column,
            "cell.time",
            f"「{value}」は時刻ではありません（例 09:30、00:00から23:59まで）。",
            f"{value!r} is not a time (write 09:30; 00:00 to 23:59).",
        )
        return None

    def choice(self, column: str, choices: type[E]) -> E | None:
        """One of the values of an enumeration."""
        value = self._given(column)
        if value is None:
            return None
        value = value.lower()
        try:
            return self._read(column, choices(value))
        except ValueError:
            allowed = ", ".join(str(choice.value) for choice in choices)
            self.refuse(
                column,
                "cell.choice",
                f"「{value}」は使えません。次のどれかにしてください: {allowed}",
                f"{value!r} is none of: {allowed}",
            )
            return None

    def names(self, column: str, known: Sequence[str]) -> tuple[str, ...] | None:
        """A list of ``known`` names parted by ``;`` (also ``；`` and ``、``), sorted, each once. An empty cell is an empty list."""
        if column in self.row.faulty:
            return None
        given = [narrow(name) for name in _LIST_MARKS.split(self.row.cells[column].replace("；", ";"))]
        given = [name for name in given if name]
        plain = {narrow(name): name for name in known}
        unknown = [name for name in given if name not in plain]
        for name in unknown:
            self.refuse(
                column,
                "cell.unknown_name",
                f"「{name}」という名前は一覧にありません。",
                f"{name!r} is not on the list.",
                name=name,
            )
        return None if unknown else self._read(column, tuple(sorted({plain[name] for name in given})))

    def _read(self, column: str, value: T) -> T:
        self.values[column] = value
        return value

    def _in_range(
        self, column: str, number: int | Decimal, shown: str, *, least: int | Decimal, most: int | Decimal, unit: str
    ) -> bool:
        if least <= number <= most:
            return True
        self.refuse(
            column,
            "cell.range",
            f"「{shown}」は範囲外です（{least:,}〜{most:,}{unit}）。",
            f"{shown} is out of range ({least:,} to {most:,}{' ' + unit if unit.isascii() and unit else ''}).",
            least=str(least),
            most=str(most),
        )
        return False

    def _given(self, column: str) -> str | None:
        """The cell made plain; ``None`` after noting that it is empty or was spoilt by a spreadsheet."""
        if column in self.row.faulty:
            return None
        value = narrow(self.row.cells[column])
        if not value:
            self.refuse(column, "cell.empty", "空欄です。値を入力してください。", "The cell is empty; a value is needed.")
            return None
        if _EXPONENT.fullmatch(value):
            self.refuse(
                column,
                "cell.exponent",
                f"「{value}」は表計算ソフトで桁が失われています。列を「文字列」にして、もう一度保存してください。",
                f"{value!r} lost its digits in a spreadsheet; make the column text and save again.",
            )
            return None
        return value
