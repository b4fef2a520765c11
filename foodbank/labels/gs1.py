"""What a scanned product code says (D22): EAN/JAN, ITF-14, GS1-128, GS1 DataMatrix and QR, GS1 Digital Link.

The grammar is biip's. Ours is what warehouses meet: scanners that swallow the separator (FNC1), month-only dates (day 00),
both date kinds on one carton, in-store codes.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from biip import ParseConfig, ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_element_strings import GS1ElementString
from biip.gs1_messages import GS1Message

from foodbank.core.dates import DatePrecision, FoodDate
from foodbank.core.errors import Refusal, Text
from foodbank.labels.gtin import GtinRefused, gtin_check, inner_gtin, is_in_store, short_gtin

_FNC1 = "\x1d"
_FNC1_SPELLINGS = ("<GS>", "{GS}", "[GS]", "<FNC1>", "{FNC1}", "[FNC1]", "\\x1d", "\\u001d", "\u241d", "^]", "\x1e", "\xe8")
_CONFIG = ParseConfig(gs1_element_strings_verify_date=False)
_DATES = {"11": "production", "15": "best_before", "17": "use_by"}
_READ_WITHOUT_SEPARATOR = ("00", "01", "02", "10", "11", "12", "13", "15", "16", "17", "21", "30", "37", "240", "241", "310")
_LONGEST = 120


class ScanRefused(Refusal, ValueError):
    """Nothing of GS1's could be read. ``code``: ``scan.empty``, ``.too_long``, ``.unreadable`` or a ``gtin.…`` fault."""

    status = 400


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan says. Dates are last days (D8); ``grams`` is net weight, ``count`` pieces.

    ``warnings`` are codes for a person to look at: ``scan.separator_missing`` (fields were told apart by their shape),
    ``scan.ambiguous`` (there are several ways to read it, the earliest date was taken), ``scan.bad_date``.
    """

    raw: str
    gtin: str | None = None
    inner_gtin: str | None = None
    in_store: bool = False
    lot_number: str | None = None
    production: FoodDate | None = None
    best_before: FoodDate | None = None
    use_by: FoodDate | None = None
    count: int | None = None
    grams: int | None = None
    serial: str | None = None
    warnings: tuple[str, ...] = ()


def parse_scan(text: str, *, today: dt.date | None = None) -> Scan:
    """Read one scanned text. ``today`` lets fields without separator be told apart by plausible dates only.

    Raises :class:`ScanRefused`.
    """
    raw = text.strip()
    cleaned = _clean(raw)
    if not cleaned.strip(_FNC1):
        raise ScanRefused("scan.empty", Text("何も読み取れませんでした。", "Nothing was read."))
    if len(cleaned) > _LONGEST and not cleaned.lower().startswith("http"):
        raise ScanRefused("scan.too_long", Text("コードが長すぎます。", "The code is too long."))
    if cleaned.lower().startswith(("http://", "https://")):
        return _from_elements(raw, _digital_link(cleaned), ())
    if cleaned.startswith("("):
        return _from_elements(raw, _bracketed(cleaned), ())
    plain_gtin: GtinRefused | None = None
    if re.fullmatch(r"[\d\s-]+", cleaned):
        try:
            return _plain(raw, cleaned)
        except GtinRefused as fault:
            plain_gtin = fault
    readings = list(_messages(cleaned, today))
    if not readings:
        if plain_gtin is not None:
            raise ScanRefused(plain_gtin.code, plain_gtin.text, params=plain_gtin.params) from plain_gtin
        raise _unreadable(raw)
    return _choose(raw, readings, separated=_FNC1 in cleaned)


def _clean(raw: str) -> str:
    text = raw
    for spelling in _FNC1_SPELLINGS:
        text = text.replace(spelling, _FNC1)
    text = unicodedata.normalize("NFKC", text)
    # AIM symbology identifiers (]C1, ]d2, ]Q3, ]E0 …): what follows says enough by itself.
    return re.sub(r"^\][A-Za-z][0-9]", "", text).strip(" \r\n\t").lstrip(_FNC1)


def _plain(raw: str, digits: str) -> Scan:
    gtin = gtin_check(digits)
    return Scan(raw, gtin=short_gtin(gtin), inner_gtin=inner_gtin(gtin), in_store=is_in_store(gtin))


def _digital_link(url: str) -> list[GS1ElementString]:
    try:
        return list(GS1DigitalLinkURI.parse(url, config=_CONFIG).element_strings)
    except (ParseError, ValueError) as error:
        raise _unreadable(url) from error


def _bracketed(text: str) -> list[GS1ElementString]:
    try:
        return list(GS1Message.parse_hri(text.replace(_FNC1, ""), config=_CONFIG).element_strings)
    except (ParseError, ValueError) as error:
        raise _unreadable(text) from error


def _messages(text: str, today: dt.date | None) -> Iterator[tuple[bool, list[GS1ElementString]]]:
    """Every reading as (was a field cut short?, elements); the standard's own reading comes first."""
    with contextlib.suppress(ParseError, ValueError):
        yield False, list(GS1Message.parse(text, config=_CONFIG).element_strings)
    if _FNC1 not in text:
        for elements in _cut(text, today, cuts=2):
            yield True, elements


def _cut(text: str, today: dt.date | None, cuts: int) -> Iterator[list[GS1ElementString]]:
    """Readings in which up to ``cuts`` fields of open length end before the text does, dates plausible, no field twice."""
    if not text.startswith(_READ_WITHOUT_SEPARATOR):
        return
    try:
        element = GS1ElementString.extract(text, config=_CONFIG)
    except (ParseError, ValueError):
        return
    if not element.value or (element.ai.ai in _DATES and not _plausible(element, today)):
        return
    whole = len(element)
    ends = [whole]
    if element.ai.separator_required:
        ends = list(range(min(whole, len(text)), len(element.ai.ai), -1))
    for end in ends:
        head = element
        if end != whole:
            if not cuts:
                return
            try:
                head = GS1ElementString.extract(text[:end], config=_CONFIG)
            except (ParseError, ValueError):
                continue
            if len(head) != end:
                continue
        rest = text[end:]
        if not rest:
            yield [head]
            continue
        for tail in _cut(rest, today, cuts - (end != whole)):
            if all(other.ai.ai != head.ai.ai for other in tail):
                yield [head, *tail]


def _plausible(element: GS1ElementString, today: dt.date | None) -> bool:
    if element.date is None:
        return False
    if today is None:
        return True
    return today - dt.timedelta(days=730) <= element.date <= today + dt.timedelta(days=3660)


def _choose(raw: str, readings: list[tuple[bool, list[GS1ElementString]]], *, separated: bool) -> Scan:
    """The standard's reading unless another shows more dates; where those differ, the earliest date, marked as ambiguous."""

    def dates(elements: list[GS1ElementString]) -> int:
        return sum(element.ai.ai in _DATES and element.date is not None for element in elements)

    if separated or len(readings) == 1:
        cut, elements = readings[0]
        return _from_elements(raw, elements, ("scan.separator_missing",) if cut else ())
    most = max(dates(elements) for _, elements in readings)
    best = [(cut, elements) for cut, elements in readings if dates(elements) == most]
    if not best[0][0]:
        return _from_elements(raw, best[0][1], ())
    scans = [_from_elements(raw, elements, ()) for _, elements in sorted(best, key=lambda reading: len(reading[1]))]
    warnings: tuple[str, ...] = ("scan.separator_missing",)
    if len({(scan.best_before, scan.use_by, scan.production) for scan in scans}) > 1:
        warnings += ("scan.ambiguous",)
    chosen = min(scans, key=lambda scan: min((d.last_day for d in (scan.best_before, scan.use_by) if d), default=dt.date.max))
    return replace(chosen, warnings=chosen.warnings + warnings)


def _from_elements(raw: str, elements: list[GS1ElementString], warnings: tuple[str, ...]) -> Scan:
    found: dict[str, object] = {}
    for element in elements:
        ai = element.ai.ai
        if ai in ("01", "02") and (ai == "01" or "gtin" not in found):
            found |= _gtin_fields(element)
        elif ai in _DATES:
            date = _food_date(element)
            if date is None:
                warnings += ("scan.bad_date",)
            else:
                found[_DATES[ai]] = date
        elif ai == "10":
            found["lot_number"] = element.value
        elif ai == "21":
            found["serial"] = element.value
        elif ai in ("30", "37") and element.value:
            found["count"] = int(element.value)
        elif ai.startswith("310") and element.decimal is not None:
            found["grams"] = int((element.decimal * Decimal(1000)).quantize(Decimal(1), ROUND_HALF_UP))
    if not found and not warnings:
        raise _unreadable(raw)
    return Scan(raw, warnings=warnings, **found)  # type: ignore[arg-type]


def _gtin_fields(element: GS1ElementString) -> dict[str, object]:
    try:
        gtin = gtin_check(element.value)
    except GtinRefused as fault:
        raise ScanRefused(fault.code, fault.text, params=fault.params) from fault
    return {"gtin": short_gtin(gtin), "inner_gtin": inner_gtin(gtin), "in_store": is_in_store(gtin)}


def _food_date(element: GS1ElementString) -> FoodDate | None:
    if element.date is None:
        return None
    return FoodDate(element.date, DatePrecision.MONTH if element.value.endswith("00") else DatePrecision.DAY)


def _unreadable(raw: str) -> ScanRefused:
    return ScanRefused(
        "scan.unreadable",
        Text(
            "商品コードとして読めません。数字を入力するか、商品名で探してください。",
            "Not a product code; type its digits or search by name.",
        ),
        params={"length": len(raw)},
    )
