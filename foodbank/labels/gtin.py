"""GTINs: checked, compared, and told apart from a shop's own in-store codes (D22)."""

from __future__ import annotations

import re
import unicodedata

from biip import ParseError
from biip.checksums import gs1_standard_check_digit
from biip.gtin import Gtin

from foodbank.core.errors import Refusal, Text


class GtinRefused(Refusal, ValueError):
    """Not a GTIN. ``code``: ``gtin.empty``, ``.exponent``, ``.not_digits``, ``.length`` or ``.check_digit``."""

    status = 400


def gtin_check(text: str) -> str:
    """The digits as given (8, 12, 13 or 14 of them), full width and blanks put right. Raises :class:`GtinRefused`."""
    cleaned = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text))
    if not cleaned:
        raise _refused("empty", "商品コードがありません。", "There is no product code.")
    if re.fullmatch(r"[+]?\d+([.,]\d*)?E[+]?\d+", cleaned, re.IGNORECASE) or re.fullmatch(r"\d+\.0*", cleaned):
        raise _refused(
            "exponent",
            f"「{cleaned}」は表計算ソフトで桁が失われています。列を「文字列」にして、もう一度保存してください。",
            f"{cleaned!r} lost its digits in a spreadsheet; make the column text and save again.",
            given=cleaned,
        )
    if not (cleaned.isascii() and cleaned.isdigit()):
        raise _refused(
            "not_digits", f"商品コード「{cleaned}」に数字以外があります。", f"{cleaned!r} is not all digits.", given=cleaned
        )
    if len(cleaned) not in (8, 12, 13, 14):
        raise _refused(
            "length",
            f"商品コードは8・12・13・14桁です（「{cleaned}」は{len(cleaned)}桁）。",
            f"A product code has 8, 12, 13 or 14 digits; {cleaned!r} has {len(cleaned)}.",
            given=cleaned,
        )
    try:
        Gtin.parse(cleaned)
    except ParseError:
        expected = gs1_standard_check_digit(cleaned[:-1])
        raise _refused(
            "check_digit",
            f"商品コード「{cleaned}」のチェックデジット（最後の桁）が違います。{expected}のはずです。",
            f"The check digit of {cleaned!r} is wrong; it should be {expected}.",
            given=cleaned,
            expected=expected,
        ) from None
    return cleaned


def gtin14(text: str) -> str:
    """The one form to compare by: 14 digits. Raises :class:`GtinRefused`."""
    return gtin_check(text).zfill(14)


def short_gtin(text: str) -> str:
    """As catalogues write it: 13 digits, or 14 for a case (ITF-14 with its packaging digit). Raises :class:`GtinRefused`."""
    full = gtin14(text)
    return full[1:] if full[0] == "0" else full


def inner_gtin(text: str) -> str:
    """The 13-digit GTIN of what a case (packaging digit 1 to 8) is likely to hold; any other GTIN as :func:`short_gtin`.

    That the case's number is built from the item's is custom in Japan, not law: use it to propose, not to decide.
    """
    full = gtin14(text)
    if full[0] in "09":
        return short_gtin(full)
    return full[1:13] + str(gs1_standard_check_digit(full[1:13]))


def is_in_store(text: str) -> bool:
    """Whether the code begins with 02 or 20–29: given by a shop, unique only within one donor. Raises :class:`GtinRefused`."""
    full = gtin14(text)
    core = full[6:] if full.startswith("000000") else full[1:]
    return core.startswith(("02", "2"))


def _refused(fault: str, ja: str, en: str, **params: str | int) -> GtinRefused:
    return GtinRefused(f"gtin.{fault}", Text(ja, en), params=params)
