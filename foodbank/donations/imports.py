"""A file of offers: its rows, and what is wrong with them. Reads no database."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from foodbank.core.cells import Cells
from foodbank.core.limits import MAX_DAYS_AHEAD, MAX_LOT_G, MAX_UNITS
from foodbank.core.tabular import Table, read_table
from foodbank.labels.gtin import short_gtin
from foodbank.sites.models import SiteKind


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One row of ``donations.csv``; the fields after ``line`` are its columns."""

    line: int
    donor_code: str
    gtin: str
    quantity: int
    expires_in_days: int
    ready_from: dt.time
    ready_until: dt.time


@dataclass(frozen=True, slots=True)
class OfferKey:
    """What makes an offer of a day the same offer; the quantity may differ by mistake."""

    donor_code: str
    gtin: str
    last_day: dt.date | None
    ready_from: dt.time
    ready_until: dt.time


def offer_key(row: OfferRow, day: dt.date) -> OfferKey:
    """The key of the offer that ``row`` means on ``day``."""
    last_day = day + dt.timedelta(row.expires_in_days)
    return OfferKey(row.donor_code, row.gtin, last_day, row.ready_from, row.ready_until)


COLUMNS = ("donor_code", "gtin", "quantity", "expires_in_days", "ready_from", "ready_until")


Seen = Mapping[int, Mapping[str, object]]
"""By line, the cells of each row that could be read, also where other cells of the row could not."""


def read_offers(data: bytes, *, file: str) -> tuple[Table, list[OfferRow], Seen]:
    """The readable rows of a donations file, and the readable cells of all; its problems are in the table."""
    table = read_table(data, file=file, columns=COLUMNS)
    rows: list[OfferRow] = []
    seen: dict[int, Mapping[str, object]] = {}
    for row in table.rows:
        cells = Cells(table, row)
        offer = read_offer(cells)
        if offer is not None and cells.fine:
            rows.append(offer)
        seen[row.line] = cells.values
    return table, rows, seen


def read_offer(cells: Cells) -> OfferRow | None:
    """The row, or ``None`` after noting its problems."""
    donor_code = cells.code("donor_code")
    gtin = cells.parsed("gtin", short_gtin)
    quantity = cells.whole("quantity", least=1, most=MAX_UNITS, unit="点")
    expires_in_days = days_ahead(cells, "expires_in_days")
    window = time_window(cells, "ready_from", "ready_until")
    if donor_code is None or gtin is None or quantity is None or expires_in_days is None or window is None:
        return None
    return OfferRow(cells.row.line, donor_code, gtin, quantity, expires_in_days, *window)


def days_ahead(cells: Cells, column: str) -> int | None:
    """Days from the day to a date on food; a date that has passed is refused."""
    days = cells.whole(column, least=-1_000_000, most=MAX_DAYS_AHEAD, unit="日")
    if days is not None and days < 0:
        cells.refuse(column, "date.past", f"期限が過ぎています（{-days}日前）。", f"The date has passed {-days} day(s) ago.")
        return None
    return days


def time_window(cells: Cells, from_column: str, until_column: str) -> tuple[dt.time, dt.time] | None:
    """Two times, the second one later."""
    start, end = cells.time(from_column), cells.time(until_column)
    if start is None or end is None:
        return None
    if end <= start:
        cells.refuse(
            until_column,
            "window.backwards",
            f"終わり（{end:%H:%M}）が始まり（{start:%H:%M}）より後ではありません。",
            f"The end ({end:%H:%M}) is not after the start ({start:%H:%M}).",
        )
        return None
    return start, end


def check_offers(
    table: Table,
    rows: Sequence[OfferRow],
    seen: Seen,
    *,
    sites: Mapping[str, str | None] | None,
    items: Mapping[str, int | None] | None,
) -> None:
    """Note in ``table`` what is wrong between rows and with what they name.

    ``sites`` maps known codes to their kind, ``items`` known GTINs to grams per unit; a value of ``None`` is not known well enough
    to judge by, and ``None`` for the whole means that nothing can be said.
    """
    check_sites_named(table, seen, "donor_code", sites=sites, kind=SiteKind.DONOR)
    check_items_named(table, seen, items=items)
    first_lines: dict[OfferRow, int] = {}
    for row in rows:
        key = dataclasses.replace(row, line=0, quantity=0)
        first = first_lines.setdefault(key, row.line)
        if first != row.line:
            refuse_twice(table, row.line, "gtin", first)


def check_against(table: Table, rows: Sequence[OfferRow], *, day: dt.date, existing: Mapping[OfferKey, Sequence[int]]) -> None:
    """Note rows that say another quantity than the offer already recorded: adding them would count the goods twice."""
    for row in rows:
        quantities = existing.get(offer_key(row, day), ())
        if quantities and row.quantity not in quantities:
            table.refuse(
                row.line,
                "quantity",
                "offer.differs",
                f"同じ提供情報が{quantities[0]}点で登録済みです。数の訂正は提供情報の画面で行ってください。",
                f"The same offer is already recorded with {quantities[0]} units; correct it on the page of offers.",
                recorded=quantities[0],
            )


def check_sites_named(table: Table, seen: Seen, column: str, *, sites: Mapping[str, str | None] | None, kind: SiteKind) -> None:
    """Note codes in ``column`` that are unknown or stand for a site of another kind."""
    for line, values in seen.items():
        code = values.get(column)
        if sites is None or not isinstance(code, str):
            continue
        if code not in sites:
            hint = near_code(code, sites)
            table.refuse(
                line,
                column,
                "site.unknown",
                f"「{code}」という{kind.label}は登録されていません。{hint and f'「{hint}」ではありませんか。'}",
                f"{code!r} is not known.{hint and f' Did you mean {hint!r}?'}",
                given=code,
            )
            continue
        actual = sites[code]
        if actual is not None and actual != kind:
            table.refuse(
                line,
                column,
                "site.wrong_kind",
                f"「{code}」は{SiteKind(actual).label}です。ここには{kind.label}のコードが必要です。",
                f"{code!r} is a {actual}; this needs a {kind.value}.",
                given=code,
                actual=actual,
            )


def check_items_named(table: Table, seen: Seen, *, items: Mapping[str, int | None] | None) -> None:
    """Note products that are unknown, or so many of one that the weight is absurd."""
    for line, values in seen.items():
        gtin, quantity = values.get("gtin"), values.get("quantity")
        if items is None or not isinstance(gtin, str):
            continue
        if gtin not in items:
            table.refuse(
                line,
                "gtin",
                "item.unknown",
                f"商品コード「{gtin}」の品目は登録されていません。",
                f"No item with the product code {gtin!r} is known.",
                given=gtin,
            )
            continue
        weight = items[gtin]
        if weight is not None and isinstance(quantity, int) and quantity * weight > MAX_LOT_G:
            table.refuse(
                line,
                "quantity",
                "quantity.absurd",
                f"{quantity:,}点では{quantity * weight / 1_000_000:,.0f}トンになります。数を確かめてください。",
                f"{quantity:,} units weigh {quantity * weight / 1_000_000:,.0f} tonnes; check the number.",
            )


def refuse_twice(table: Table, line: int, column: str, first: int) -> None:
    """Note that the row says again what the row on line ``first`` says."""
    table.refuse(
        line,
        column,
        "row.twice",
        f"{first}行目と同じものがもう一度あります。",
        f"The same as on line {first} again.",
        first=first,
    )


def near_code(code: str, known: Mapping[str, object]) -> str:
    """The known code that a spreadsheet or a slip turned into ``code`` (lost leading zeros, other case), or an empty text."""
    plain = code.lstrip("0").casefold()
    return next((other for other in known if other.lstrip("0").casefold() == plain), "")
