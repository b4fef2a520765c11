"""Tables that people send: CSV files, read so that every fault is found and named by line and column."""

from __future__ import annotations

import csv
import difflib
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from foodbank.core.encodings import NotText, decode
from foodbank.core.errors import Problem, Text

MAX_BYTES = 20_000_000
MAX_ROWS = 100_000
MAX_CELL = 1_000
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_NUMBER = re.compile(r"[+-][0-9０-９.,，．:：() -]*")


@dataclass(frozen=True, slots=True)
class Row:
    """The needed cells of one record, trimmed, and the line on which it begins. Cells in ``faulty`` were refused already."""

    line: int
    cells: Mapping[str, str]
    faulty: frozenset[str] = frozenset()


@dataclass(slots=True)
class Table:
    """What a file holds. ``rows`` is complete only while ``problems`` is empty; a row with too many or too few cells is left out."""

    file: str
    columns: tuple[str, ...]
    needed: tuple[str, ...] = ()
    """Those of the columns that must be there."""
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    """What looks wrong but may be right: shown to whoever brings the file, in nobody's way."""

    def refuse(self, line: int, column: str, code: str, ja: str, en: str, **params: object) -> None:
        """Note a fault at ``line`` and ``column``."""
        self.problems.append(Problem(self.file, line, column, code, Text(ja, en), params))

    def note(self, line: int, column: str, code: str, ja: str, en: str, **params: object) -> None:
        """Note something doubtful at ``line`` and ``column``."""
        self.notes.append(Problem(self.file, line, column, code, Text(ja, en), params))

    def by_place(self, found: Iterable[Problem]) -> list[Problem]:
        """Problems or notes of this file by line, then by column."""
        order = {name: position for position, name in enumerate(self.columns)}
        return sorted(found, key=lambda one: (one.line, order.get(one.column, len(order))))


def narrow(text: str) -> str:
    """Full-width digits, letters and signs made plain, for codes, numbers and times. Not for names."""
    return unicodedata.normalize("NFKC", text).replace("−", "-").strip()


def read_table(data: bytes, *, file: str, columns: Sequence[str], optional: Sequence[str] = ()) -> Table:
    """Read a CSV file whose header names at least ``columns``; other columns are ignored. Cells of ``optional`` columns that are not
    there are empty.

    UTF-8 (with or without BOM) or CP932; lines end in LF, CRLF or CR; cells are parted by commas, or by tabs or semicolons when
    the header says so. Never raises for what is in the file: every fault is in ``problems``.
    """
    table = Table(file, (*columns, *optional), needed=tuple(columns))
    if len(data) > MAX_BYTES:
        table.refuse(
            1,
            table.columns[0],
            "file.too_big",
            f"ファイルが大きすぎます（上限{MAX_BYTES // 1_000_000} MB）。",
            f"The file is larger than {MAX_BYTES // 1_000_000} MB.",
        )
        return table
    text = decode(data)
    if isinstance(text, NotText):
        table.problems.append(Problem(file, text.line, _column_at(data, text.commas, columns), text.code, text.text))
        return table
    if not re.sub(r"[\s,;]", "", _INVISIBLE.sub("", text)):
        table.refuse(1, table.columns[0], "file.empty", "ファイルが空です。", "The file is empty.")
        return table
    delimiter = _delimiter(text, columns)
    records = _records(table, text, delimiter)
    header = next((record for record in records if any(cell.strip() for cell in record[1])), None)
    if header is None:
        return table
    where = _read_header(table, *header)
    if not table.problems:
        _read_rows(table, records, where, len(header[1]))
    return table


def _column_at(data: bytes, commas: int, columns: Sequence[str]) -> str:
    """What the header of a file that cannot be decoded calls the cell after so many commas, or ``#1`` and so on."""
    head = data.removeprefix(b"\xef\xbb\xbf").splitlines()[:1]
    names = head[0].split(b",") if head else []
    name = _column_name(names[commas].decode("ascii", "ignore")) if commas < len(names) else ""
    return name if name in columns else f"#{commas + 1}"


def _delimiter(text: str, columns: Sequence[str]) -> str:
    """Comma, unless the header names every needed column only with another one."""
    head = _head(text)
    for delimiter in ",\t;":
        try:
            names = {_column_name(cell) for cell in next(csv.reader([head], delimiter=delimiter), [])}
        except csv.Error:
            continue
        if names.issuperset(columns):
            return delimiter
    return ","


def _head(text: str) -> str:
    """The first line that says something."""
    return next((line for line in io.StringIO(text, newline="") if line.strip()), "")


def _column_name(cell: str) -> str:
    return re.sub(r"[\s-]+", "_", narrow(_INVISIBLE.sub("", cell)).lower())


def _records(table: Table, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on. A quotation mark that is never closed is a problem of the record it begins in."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            table.refuse(
                line,
                _broken_column(table, text, line, delimiter),
                "row.quotes",
                '引用符（"）が正しく閉じられていません。この行より後は読んでいません。',
                "A quotation mark is not closed properly; nothing after this line was read.",
            )
            return
        yield line, record


def _broken_column(table: Table, text: str, line: int, delimiter: str) -> str:
    """The column of the cell whose quotation mark went wrong, as far as its first line shows."""
    broken = io.StringIO(text, newline="").readlines()[line - 1]
    try:
        position = len(next(csv.reader([broken], delimiter=delimiter))) - 1
        head = next(csv.reader([_head(text)], delimiter=delimiter))
    except csv.Error:
        return "#1"
    name = _column_name(head[position]) if line > 1 and 0 <= position < len(head) else ""
    return name or f"#{position + 1}"


def _read_header(table: Table, line: int, cells: list[str]) -> dict[int, str]:
    """Which position holds which needed column."""
    where: dict[int, str] = {}
    others: list[str] = []
    for position, cell in enumerate(cells):
        name = _column_name(cell)
        if name not in table.columns:
            others.append(name)
        elif name in where.values():
            table.refuse(line, name, "column.twice", f"列「{name}」が2つあります。", f"There are two columns named {name!r}.")
        else:
            where[position] = name
    for name in table.needed:
        if name in where.values():
            continue
        close = difflib.get_close_matches(name, [other for other in others if other], n=1, cutoff=0.75)
        if close:
            table.refuse(
                line,
                name,
                "column.misspelt",
                f"列「{name}」がありません。「{close[0]}」は書き間違いではありませんか。",
                f"Column {name!r} is missing; {close[0]!r} looks like a misspelling of it.",
                found=close[0],
            )
        else:
            table.refuse(line, name, "column.missing", f"列「{name}」がありません。", f"Column {name!r} is missing.")
    return where


def _read_rows(table: Table, records: Iterator[tuple[int, list[str]]], where: Mapping[int, str], width: int) -> None:
    last_needed = max(position for position, name in where.items() if name in table.needed)
    absent = dict.fromkeys(table.columns, "")
    count = 0
    for line, record in records:
        cells = [_INVISIBLE.sub("", cell).strip() for cell in record]
        if not any(cells):
            continue
        count += 1
        if count > MAX_ROWS:
            table.refuse(
                line,
                table.columns[0],
                "file.too_many_rows",
                f"行が多すぎます（上限{MAX_ROWS:,}行）。",
                f"There are more than {MAX_ROWS:,} rows.",
            )
            return
        if any(cells[width:]):
            extra = next(position for position in range(width, len(cells)) if cells[position])
            table.refuse(
                line,
                f"#{extra + 1}",
                "row.too_long",
                f"見出しは{width}列ですが、この行には{len(cells)}列あります。",
                f"The header has {width} columns, this row has {len(cells)}.",
            )
        elif len(cells) <= last_needed:
            missing = next(where[position] for position in sorted(where) if position >= len(cells))
            table.refuse(
                line,
                missing,
                "row.too_short",
                f"この行は{len(cells)}列しかなく、「{missing}」がありません。",
                f"This row has only {len(cells)} cells; {missing!r} is missing.",
            )
        else:
            named = absent | {name: cells[position] for position, name in where.items() if position < len(cells)}
            faulty = frozenset(name for name, cell in named.items() if _cell_fault(table, line, name, cell))
            table.rows.append(Row(line, named, faulty))


def _cell_fault(table: Table, line: int, column: str, cell: str) -> bool:
    """Whether the cell is refused whatever its column means: too long, a control character, a formula."""
    if len(cell) > MAX_CELL:
        table.refuse(
            line,
            column,
            "cell.too_long",
            f"セルが長すぎます（{len(cell):,}文字、上限{MAX_CELL:,}文字）。",
            f"The cell has {len(cell):,} characters, more than {MAX_CELL:,}.",
        )
        return True
    control = next((char for char in cell if unicodedata.category(char) == "Cc" and char not in "\t\r\n"), None)
    if control is not None:
        table.refuse(
            line,
            column,
            "cell.control",
            f"見えない制御文字（U+{ord(control):04X}）が入っています。",
            f"The cell holds a control character (U+{ord(control):04X}).",
        )
        return True
    if is_formula(cell):
        table.refuse(
            line,
            column,
            "cell.formula",
            f"計算式のように始まるセルは受け付けません（「{cell[:20]}」）。値を入力してください。",
            f"A cell that begins like a formula is not accepted ({cell[:20]!r}); enter the value.",
        )
        return True
    return False


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would run the cell as a formula: begins with ``=`` or ``@``, or with a sign that no number follows."""
    if cell.startswith(("=", "@")):
        return True
    return cell.startswith(("+", "-")) and len(cell) > 1 and _NUMBER.fullmatch(cell) is None
