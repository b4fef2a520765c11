"""What a file of bytes is: text in a known encoding, or something that has to be saved anew."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from foodbank.core.errors import Text

_SIGNATURES = (
    (b"PK\x03\x04", "Excelファイル（またはZIP）", "an Excel (or zip) file"),
    (b"PK\x05\x06", "空のZIPファイル", "an empty zip file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "古い形式のExcelファイル", "an old Excel file"),
    (b"%PDF", "PDFファイル", "a PDF file"),
    (b"\x89PNG", "画像（PNG）", "a picture (PNG)"),
    (b"\xff\xd8\xff", "画像（JPEG）", "a picture (JPEG)"),
    (b"GIF8", "画像（GIF）", "a picture (GIF)"),
    (b"\x1f\x8b", "圧縮ファイル（gzip）", "a gzip file"),
    (b"SQLite format 3\x00", "データベースのファイル", "a database file"),
    (b"{\\rtf", "ワープロの文書（RTF）", "an RTF document"),
)
_SAVE_AS_CSV = Text("「CSV UTF-8」の形式で保存してください。", "Save it as “CSV UTF-8”.")


@dataclass(frozen=True, slots=True)
class NotText:
    """Why the bytes cannot be read, and where the first unreadable one stands: its line, and how many commas are before it there."""

    code: str
    line: int
    commas: int
    text: Text


def _not_text(code: str, data: bytes, position: int, ja: str, en: str) -> NotText:
    before = data[:position].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    in_line = before[before.rfind(b"\n") + 1 :]
    text = Text(f"{ja}{_SAVE_AS_CSV.ja}", f"{en} {_SAVE_AS_CSV.en}")
    return NotText(code, before.count(b"\n") + 1, in_line.count(b","), text)


def decode(data: bytes) -> str | NotText:
    """The text of ``data``: UTF-8 with or without BOM, or CP932. Never a guess: what could be two things is refused."""
    for signature, ja, en in _SIGNATURES:
        if data.startswith(signature):
            return _not_text("file.binary", data, 0, f"これは{ja}です。", f"This is {en}.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _not_text("file.utf16", data, 0, "これはUTF-16（Unicodeテキスト）です。", "This is UTF-16 (Unicode text).")
    if b"\x00" in data:
        return _not_text(
            "file.binary", data, data.index(b"\x00"), "文字ではないデータが入っています。", "This holds data that is not text."
        )
    if data.startswith(b"\xef\xbb\xbf"):
        try:
            return data[3:].decode("utf-8")
        except UnicodeDecodeError as fault:
            return _undecodable(data, fault.start + 3)
    return _decode_unmarked(data)


def _decode_unmarked(data: bytes) -> str | NotText:
    as_utf8 = _strict(data, "utf-8")
    as_cp932 = _strict(data, "cp932")
    if isinstance(as_utf8, str):
        # Two-byte UTF-8 alone may as well be half-width katakana of CP932.
        looks_western = as_utf8.isascii() is False and max(as_utf8) < "\u0800"
        if looks_western and isinstance(as_cp932, str):
            return _ambiguous(data)
        return as_utf8
    if isinstance(as_cp932, str):
        if isinstance(_strict(data, "euc_jp"), str):
            return _ambiguous(data)
        return as_cp932
    # Whichever reading got further is the likelier one; its fault is where to look.
    return _undecodable(data, max(as_utf8, as_cp932))


def _strict(data: bytes, encoding: str) -> str | int:
    """The text, or the position of the first byte that does not belong."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as fault:
        return fault.start
    if encoding == "cp932":
        # The codec lets single bytes through that stand for nothing: C1 controls and private use.
        for position, char in enumerate(text):
            if not char.isascii() and unicodedata.category(char) in ("Cc", "Co"):
                return len(text[:position].encode("cp932"))
    return text


def _undecodable(data: bytes, position: int) -> NotText:
    return _not_text(
        "file.encoding",
        data,
        position,
        "UTF-8としてもShift_JIS（CP932）としても読めない文字があります。",
        "A character here is neither UTF-8 nor Shift_JIS (CP932).",
    )


def _ambiguous(data: bytes) -> NotText:
    first = next(position for position, byte in enumerate(data) if byte >= 0x80)
    return _not_text(
        "file.encoding_unclear",
        data,
        first,
        "文字コードを判別できません。",
        "The encoding cannot be told for certain.",
    )
