"""Short codes on labels and sheets: ``L4K7X2MC`` is a lot, ``S…`` a stop, ``P…`` a place.

Built as the pure systems of ISO/IEC 7064 are (a code is right when ``sum(value × radix^position) ≡ 1 mod M``), with M = 31
and radix 3. 31 is prime and 3 is a primitive root of it, so a single wrong character and any two characters exchanged,
neighbours or not, are always seen. The alphabet leaves out what people and cameras confuse: I (1), O and Q (0), U (V), Z (2).
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from foodbank.core.errors import Refusal, Text

ALPHABET = "0123456789ABCDEFGHJKLMNPRSTVWXY"
_MODULUS = len(ALPHABET)
_RADIX = 3
_VALUE = {char: value for value, char in enumerate(ALPHABET)}
_LOOK_ALIKE = str.maketrans("IOQUZ", "100V2")
_IGNORED = " \t\r\n-‐‑–—−・"
_PAYLOAD = 6
LENGTH = 1 + _PAYLOAD + 1
CAPACITY = _MODULUS**_PAYLOAD
"""How many different codes of one kind exist: 887,503,681."""
# Coprime to 31, near the golden section of CAPACITY: neighbouring numbers give codes that do not look alike on the shelf.
_SPREAD = 548_507_441
_UNSPREAD = pow(_SPREAD, -1, CAPACITY)


class CodeKind(StrEnum):
    """What a code stands on; the value is its first character."""

    LOT = "L"
    STOP = "S"
    PLACE = "P"


@dataclass(frozen=True, slots=True)
class ScanCode:
    """A code that passed its check."""

    kind: CodeKind
    text: str

    def __str__(self) -> str:
        return self.text


class CodeRefused(Refusal, ValueError):
    """The text is not one of our codes. ``code``: ``label.empty``, ``.length``, ``.character``, ``.kind`` or ``.check``."""

    status = 400


def make_code(sequence: int | None = None, *, kind: CodeKind = CodeKind.LOT) -> str:
    """The code of number ``sequence`` (different numbers, different codes, up to :data:`CAPACITY`), or a random one.

    Random codes are unique only with the database's word for it. Raises ``ValueError`` outside 0 … ``CAPACITY`` − 1.
    """
    number = secrets.randbelow(CAPACITY) if sequence is None else sequence
    if not 0 <= number < CAPACITY:
        raise ValueError(f"sequence must be 0 to {CAPACITY - 1}, not {number}")
    number = number * _SPREAD % CAPACITY
    digits = []
    for _ in range(_PAYLOAD):
        number, value = divmod(number, _MODULUS)
        digits.append(ALPHABET[value])
    body = kind.value + "".join(reversed(digits))
    return body + ALPHABET[(1 - _weighted(body + ALPHABET[0])) % _MODULUS]


def sequence_of(code: str) -> int:
    """The number that :func:`make_code` made ``code`` of. ``code`` has passed its check."""
    number = 0
    for char in code[1:-1]:
        number = number * _MODULUS + _VALUE[char]
    return number * _UNSPREAD % CAPACITY


def check_code(text: str) -> str:
    """The code as stored, from what somebody typed or scanned: lower case, spaces, full width and look-alikes are put right.

    Raises :class:`CodeRefused`, which names the fault.
    """
    return read_code(text).text


def read_code(text: str) -> ScanCode:
    """Like :func:`check_code`, with its kind; an address that ends in ``/q/CODE`` is read too."""
    cleaned = unicodedata.normalize("NFKC", text).strip()
    if "/q/" in cleaned.lower():
        # Not urlsplit: it raises for addresses that are none, and anything may be held before a camera.
        cleaned = re.split(r"[?#]", cleaned, maxsplit=1)[0].rstrip("/").rpartition("/")[2]
    cleaned = tidy(cleaned)
    if not cleaned:
        raise _refused("empty", "コードを入力してください。", "Enter a code.")
    for position, char in enumerate(cleaned, start=1):
        if char not in _VALUE:
            raise _refused(
                "character",
                f"{position}文字目の「{char}」はコードに使われない文字です。",
                f"Character {position}, {char!r}, is not used in codes.",
                position=position,
            )
    if len(cleaned) != LENGTH:
        raise _refused(
            "length",
            f"コードは{LENGTH}文字です（入力は{len(cleaned)}文字）。",
            f"A code has {LENGTH} characters; this has {len(cleaned)}.",
            expected=LENGTH,
            given=len(cleaned),
        )
    if cleaned[0] not in frozenset(CodeKind):
        raise _refused(
            "kind",
            "コードはL（ロット）、S（立寄先）、P（保管場所）のどれかで始まります。",
            "A code begins with L (lot), S (stop) or P (place).",
        )
    if _weighted(cleaned) != 1:
        raise _refused(
            "check",
            "コードのどこかが違っています。ラベルをもう一度ご確認ください。",
            "A character is wrong; look at the label again.",
        )
    return ScanCode(CodeKind(cleaned[0]), cleaned)


def tidy(typed: str) -> str:
    """What somebody typed, in the characters of :data:`ALPHABET` as far as it goes: lower case, full width, spaces and look-alikes are
    put right."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(char for char in plain if char not in _IGNORED).translate(_LOOK_ALIKE)


def spoken(code: str) -> str:
    """In two groups of four, for reading aloud and typing."""
    return f"{code[:4]} {code[4:]}"


def code_url(base_url: str, code: str) -> str:
    """What a QR of ``code`` holds: ``BASE_URL/q/CODE``."""
    return f"{base_url.rstrip('/')}/q/{code}"


def _weighted(text: str) -> int:
    total = 0
    for char in text:
        total = (total * _RADIX + _VALUE[char]) % _MODULUS
    return total


def _refused(fault: str, ja: str, en: str, **params: int) -> CodeRefused:
    return CodeRefused(f"label.{fault}", Text(ja, en), params=params)
