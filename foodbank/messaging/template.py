"""How messages are written: texts with named gaps, in both languages, and a neutral wording for protected households (P4)."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from foodbank.core.errors import Text


@dataclass(frozen=True, slots=True)
class Said:
    """A message in one language, ready to go."""

    subject: str
    body: str


NEUTRAL_SUBJECT = Text("ご予約の確認", "Your booking")
NEUTRAL_BODY = Text(
    "ご予約についてのお知らせです。予約のページをご確認いただくか、いつもの連絡先へお電話ください。",
    "This is about your booking. Please look at your booking page, or call the number you know.",
)


@dataclass(frozen=True, slots=True)
class Template:
    subject: Text
    body: Text
    neutral: Text | None = None

    def names(self) -> frozenset[str]:
        """The parameters that its texts use."""
        texts = [self.subject, self.body, *([self.neutral] if self.neutral else [])]
        return frozenset(name for text in texts for name in names_in(text))

    def check(self, params: Mapping[str, str | int]) -> None:
        """Raises ``KeyError`` when a parameter is missing: found where it is written, not where it is sent."""
        missing = self.names() - set(params)
        if missing:
            raise KeyError(f"missing parameters: {sorted(missing)}")

    def say(self, params: Mapping[str, str | int], *, language: Literal["ja", "en"], neutral: bool = False) -> Said:
        """The words for somebody. ``neutral``: whatever the template holds, neither subject nor text tells of food, theme or place."""
        subject, body = (NEUTRAL_SUBJECT, self.neutral or NEUTRAL_BODY) if neutral else (self.subject, self.body)
        return Said(_filled(subject, params, language), _filled(body, params, language))


def names_in(text: Text) -> frozenset[str]:
    """Its placeholders, in both languages together."""
    parsed = (string.Formatter().parse(one) for one in (text.ja, text.en))
    return frozenset(name for parts in parsed for _, name, _, _ in parts if name)


def _filled(text: Text, params: Mapping[str, str | int], language: Literal["ja", "en"]) -> str:
    return (text.ja if language == "ja" else text.en).format_map(params)
