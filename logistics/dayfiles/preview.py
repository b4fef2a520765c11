"""The preview as the page shows it: counts by file, the first rows, and every problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foodbank.core.errors import Problem
from logistics.dayfiles.changes import Change, DayChanges, What
from logistics.dayfiles.parse import FILES, ROW_TYPES
from logistics.dayfiles.rows import columns_of, needed_of, values_of

if TYPE_CHECKING:
    from logistics.dayfiles.services.uploads import Preview

MOST_PROBLEMS = 500
_FIRST_ROWS = 10

TITLES: dict[str, str | Promise] = {
    "sites.csv": _("場所（寄付者・提供先・会場・拠点）"),
    "items.csv": _("品目"),
    "vehicles.csv": _("車両と勤務"),
    "stock.csv": _("在庫"),
    "donations.csv": _("提供情報"),
    "orders.csv": _("注文"),
    "mobile_visits.csv": _("移動パントリー"),
    "pickup_day.csv": _("受取日と交流会"),
}
WORDS: dict[str, str | Promise] = {
    What.CREATED: _("新規"),
    What.CHANGED: _("変更"),
    What.UNCHANGED: _("そのまま"),
    What.REMOVED: _("取下げ"),
}
COLUMN_WORDS: dict[str, str | Promise] = {
    "code": _("コード"),
    "name": _("名称"),
    "kind": _("種類"),
    "latitude": _("緯度"),
    "longitude": _("経度"),
    "address": _("住所"),
    "opens": _("開く時刻"),
    "closes": _("閉まる時刻"),
    "pause_from": _("中休み（から）"),
    "pause_until": _("中休み（まで）"),
    "gtin": _("商品コード"),
    "category": _("分類"),
    "zone": _("温度帯"),
    "date_mark": _("期限の種類"),
    "unit_weight_g": _("1点の重さ（g）"),
    "allergens": _("アレルゲン"),
    "quantity": _("点数"),
    "expires_in_days": _("期限までの日数"),
    "location": _("保管場所"),
    "donor_code": _("寄付者"),
    "ready_from": _("引取可能（から）"),
    "ready_until": _("引取可能（まで）"),
    "order_ref": _("注文番号"),
    "partner_code": _("提供先"),
    "quantity_kg": _("重さ（kg）"),
    "children": _("子どもの人数"),
    "excluded_allergens": _("除くアレルゲン"),
    "window_from": _("時間帯（から）"),
    "window_until": _("時間帯（まで）"),
    "site_code": _("場所"),
    "open_from": _("開始"),
    "open_until": _("終了"),
    "expected_households": _("見込み世帯数"),
    "slot_from": _("受取枠（から）"),
    "slot_until": _("受取枠（まで）"),
    "capacity": _("世帯数"),
    "exchange_theme": _("交流会のテーマ"),
    "exchange_from": _("交流会（から）"),
    "exchange_until": _("交流会（まで）"),
    "exchange_capacity": _("交流会の定員"),
    "childcare_places": _("託児枠"),
    "depot_code": _("拠点"),
    "ambient_kg": _("常温（kg）"),
    "chilled_kg": _("冷蔵（kg）"),
    "frozen_kg": _("冷凍（kg）"),
    "shift_start": _("勤務（から）"),
    "shift_end": _("勤務（まで）"),
    "break_minutes": _("休憩（分）"),
    "yen_per_km": _("1 kmの費用（円）"),
    "yen_per_day": _("使う日の費用（円）"),
}


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row: what happens to it, its cells, and for a change what it was."""

    line: int
    word: str | Promise
    what: str
    cells: tuple[tuple[str | Promise, str], ...]
    differences: tuple[tuple[str | Promise, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file: its title, its counts in the order of ``WORDS``, and its first rows that change something."""

    name: str
    title: str | Promise
    columns: tuple[str | Promise, ...]
    counts: tuple[int, ...]
    rows: tuple[ShownRow, ...]
    more: int

    @property
    def replaces(self) -> bool:
        """Whether something that is there changes or goes, and not only new rows come."""
        return any(row.what != What.CREATED for row in self.rows)


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """Everything that the template needs."""

    files: tuple[ShownFile, ...] = ()
    problems: tuple[Problem, ...] = ()
    more_problems: int = 0
    notes: tuple[Problem, ...] = ()
    nothing_to_do: bool = False
    replaces: bool = False

    @property
    def headings(self) -> tuple[str | Promise, ...]:
        """What is counted; rows are taken back only where an earlier import is replaced."""
        return tuple(word for what, word in WORDS.items() if self.replaces or what != What.REMOVED)

    @property
    def problem_count(self) -> int:
        return len(self.problems) + self.more_problems


def page_of(preview: Preview) -> PreviewPage:
    """The page of a preview."""
    if preview.offers is not None:
        offers = preview.offers
        if offers.problems:
            return _with_problems(offers.problems)
        changes = [Change("donations.csv", row.line, What.CREATED, values_of(row)) for row in offers.new]
        known = [Change("donations.csv", row.line, What.UNCHANGED, values_of(row)) for row in offers.known]
        return PreviewPage(files=(_file("donations.csv", [*changes, *known]),), nothing_to_do=not changes)
    if preview.day_files is None or preview.day_files.changes is None:
        found = preview.day_files
        return _with_problems(found.problems if found else (), found.notes if found else ())
    return _of_day(preview.day_files.changes, preview.day_files.notes)


def _with_problems(problems: Sequence[Problem], notes: Sequence[Problem] = ()) -> PreviewPage:
    return PreviewPage(
        problems=tuple(problems[:MOST_PROBLEMS]),
        more_problems=max(0, len(problems) - MOST_PROBLEMS),
        notes=tuple(notes[:MOST_PROBLEMS]),
    )


def _of_day(changes: DayChanges, notes: Sequence[Problem]) -> PreviewPage:
    files = [_file(name, [change for change in changes.changes if change.file == name]) for name in FILES]
    return PreviewPage(
        files=tuple(files),
        notes=tuple(notes[:MOST_PROBLEMS]),
        nothing_to_do=changes.same_day,
        replaces=changes.earlier is not None and not changes.same_day,
    )


def _file(name: str, changes: Sequence[Change]) -> ShownFile:
    columns, needed = columns_of(ROW_TYPES[name]), needed_of(ROW_TYPES[name])
    shown = [i for i, column in enumerate(columns) if column in needed or any(change.values[i] for change in changes)]
    words = tuple(COLUMN_WORDS[columns[i]] for i in shown)
    telling = [change for change in changes if change.what != What.UNCHANGED]
    # What replaces or takes away something is what somebody has to see first.
    telling.sort(key=lambda change: (change.what == What.CREATED, change.line))
    rows = [
        ShownRow(
            line=change.line,
            word=WORDS[change.what],
            what=change.what.value,
            cells=tuple(zip(words, (change.values[i] for i in shown), strict=True)),
            differences=tuple((COLUMN_WORDS[column], before, after) for column, before, after in change.differences),
        )
        for change in telling[:_FIRST_ROWS]
    ]
    counts = tuple(sum(change.what == what for change in changes) for what in What)
    return ShownFile(name, TITLES[name], words, counts, tuple(rows), max(0, len(telling) - _FIRST_ROWS))
