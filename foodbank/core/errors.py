"""Refusals: one exception with a stable code on every face (page, API, command, import)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in Japanese and English."""

    ja: str
    en: str

    def __str__(self) -> str:
        return f"{self.ja} / {self.en}"


class Refusal(Exception):
    """A rule said no. ``code`` is stable (``inventory.not_enough_stock``), ``params`` are machine-readable and hold no personal data.

    ``status`` is the HTTP status that fits (400 bad request, 404, 409 conflict, 422 …).
    """

    status = 409

    def __init__(self, code: str, text: Text, *, params: Mapping[str, Any] | None = None, status: int | None = None) -> None:
        super().__init__(str(text))
        self.code = code
        self.text = text
        self.params = dict(params or {})
        if status is not None:
            self.status = status


class FieldsRefused(Refusal):
    """What somebody entered is not acceptable; ``fields`` says why, field by field. Pages show each text at its field."""

    status = 422

    def __init__(self, code: str, fields: Mapping[str, Text]) -> None:
        self.fields = dict(fields)
        text = Text(
            " ".join(text.ja for text in self.fields.values()),
            " ".join(text.en for text in self.fields.values()),
        )
        super().__init__(code, text, params={"fields": sorted(self.fields)})


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in an input file or form: where it stands and what is wrong."""

    file: str
    line: int
    column: str
    code: str
    text: Text
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        where = (
            f"{self.file}:{self.line}:{self.column}" if self.line else f"{self.file}:{self.column}" if self.column else self.file
        )
        return f"{where}: {self.text}"


class InputRefused(Refusal):
    """Input with one or more problems; nothing was changed."""

    status = 400

    def __init__(self, problems: Iterable[Problem], code: str = "input.refused") -> None:
        self.problems = list(problems)
        count = len(self.problems)
        super().__init__(
            code,
            Text(f"{count}件の誤りがあるため、何も変更していません。", f"{count} problem(s); nothing was changed."),
            params={"count": count},
        )
