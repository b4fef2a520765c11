"""Codes that people give to things: they stand in files, in addresses of pages and in names of printed files."""

from __future__ import annotations

import re

from foodbank.core.errors import Text

LONGEST = 20
"""Characters in the code of a place or vehicle."""
_CODE = re.compile(r"\w[\w.\-]*")


def code_fault(code: str, *, longest: int = LONGEST) -> tuple[str, Text] | None:
    """What is wrong with ``code``: a stable word and the sentence; nothing when it is fine."""
    if not _CODE.fullmatch(code):
        return "cell.code", Text(
            f"「{code}」はコードとして使えません（文字・数字・ハイフンだけです）。",
            f"{code!r} is not a code (letters, digits and hyphens only).",
        )
    if len(code) > longest:
        return "cell.too_long", Text(f"コードは{longest}文字までです。", f"A code has at most {longest} characters.")
    return None
