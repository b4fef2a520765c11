"""What is said, by key, in Japanese and English. ``neutral`` is what protected households get (P4): no theme, no place."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass

from foodbank.core.errors import Text


@dataclass(frozen=True, slots=True)
class Template:
    subject: Text
    body: Text
    neutral: Text | None = None

    def names(self) -> frozenset[str]:
        """The parameters that its texts use."""
        texts = [self.subject, self.body, *([self.neutral] if self.neutral else [])]
        parsed = (string.Formatter().parse(one) for text in texts for one in (text.ja, text.en))
        return frozenset(name for parts in parsed for _, name, _, _ in parts if name)

    def check(self, params: Mapping[str, str | int]) -> None:
        missing = self.names() - set(params)
        if missing:
            raise KeyError(f"missing parameters: {sorted(missing)}")


TEMPLATES: dict[str, Template] = {}
