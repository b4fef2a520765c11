"""What may come in: JSON of exactly the described form. A string is no number, and a name that we do not know is refused."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils import translation
from rest_framework import serializers
from rest_framework.request import Request

from api.errors import BodyRefused
from foodbank.core.errors import Text
from foodbank.core.forms import own_language
from foodbank.core.limits import MAX_LINE_KG

DAY_PATTERN = r"^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
CLOCK_PATTERN = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
TEXT_PATTERN = "^[^\\u0000]*$"
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
_WHOLE = "body"

_UNKNOWN = Text("この項目はありません。", "There is no such field.")
_TEXT = Text("文字列で書いてください。", "Must be a string.")
_CHARACTERS = Text("使えない文字（U+0000、片方だけのサロゲート）があります。", "Contains U+0000 or half of a surrogate pair.")
_NUMBER = Text("数で書いてください（文字列ではなく）。", "Must be a number, not a string.")
_WEIGHT = Text(f"0より大きく、{MAX_LINE_KG:,} kg 以下にしてください。", f"Must be more than 0 and at most {MAX_LINE_KG:,} kg.")
_DAY = Text("2026-12-05 の形の、ある日付を書いてください。", "Must be a date that exists, as 2026-12-05.")
_CLOCK = Text("10:00 の形で書いてください（24時間制）。", "Must be a time of day as 10:00.")


def refuse(text: Text) -> serializers.ValidationError:
    """The sentence in the language that is asked for; :func:`accepted` asks for both."""
    return serializers.ValidationError(own_language(text))


class In(serializers.Serializer[Any]):
    """Fields that are not ours are refused, so that a misspelt one is not silently left out (and nothing is set that must not be)."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = set(data) - set(self.fields) if isinstance(data, Mapping) else set()
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as fault:
            if unknown and isinstance(fault.detail, dict):
                fault.detail.update(self._unknown(unknown))
            raise
        if unknown:
            raise serializers.ValidationError(self._unknown(unknown))
        return values

    @staticmethod
    def _unknown(names: set[Any]) -> dict[str, list[Any]]:
        """By name, written so that every name can be answered."""
        shown = {str(name).encode(errors="backslashreplace").decode() for name in names}
        return {name: refuse(_UNKNOWN).detail for name in shown}  # type: ignore[misc]


class TextField(serializers.CharField):
    """As it was sent: nothing is cut off at the ends."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise refuse(_TEXT)
        if _NOT_TEXT.search(data):
            raise refuse(_CHARACTERS)
        return str(super().to_internal_value(data))


class ManyField(serializers.ListField):
    """At least ``min_length`` and at most ``max_length``, which has to be given; more are not even looked at."""

    def to_internal_value(self, data: Any) -> list[Any]:
        least, most = self.min_length or 0, self.max_length or 0
        if isinstance(data, list) and not least <= len(data) <= most:
            raise refuse(Text(f"{least}件から{most}件までにしてください。", f"Give {least} to {most} of them."))
        return list(super().to_internal_value(data))


class WholeField(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, float) and data.is_integer():
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int):
            raise refuse(_NUMBER)
        return data


class KilogramsField(serializers.Field[Any, Any, Any, Any]):
    """A JSON number, as the decimal that was written. Whether it is finer than a gram is asked later."""

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, int | float):
            raise refuse(_NUMBER)
        value = Decimal(repr(data))
        if not 0 < value <= MAX_LINE_KG:
            raise refuse(_WEIGHT)
        return value


class DayField(serializers.Field[Any, Any, Any, Any]):
    def to_internal_value(self, data: Any) -> dt.date:
        if isinstance(data, str) and re.fullmatch(DAY_PATTERN, data):
            try:
                return dt.date.fromisoformat(data)
            except ValueError:
                pass
        raise refuse(_DAY)


class ClockField(serializers.Field[Any, Any, Any, Any]):
    def to_internal_value(self, data: Any) -> dt.time:
        if not isinstance(data, str) or not re.fullmatch(CLOCK_PATTERN, data):
            raise refuse(_CLOCK)
        return dt.time.fromisoformat(data)


def accepted(kind: type[In], data: Any, *, partial: bool = False) -> dict[str, Any]:
    """The values of ``data``. Raises :class:`BodyRefused` with every fault in both languages."""
    if isinstance(data, QueryDict):
        data = data.dict()
    read = _reader(kind, data, partial)
    if read.is_valid():
        return dict(read.validated_data)
    found = {}
    for language in ("ja", "en"):
        with translation.override(language):
            refused = _reader(kind, data, partial)
            refused.is_valid()
            found[language] = _flat(refused.errors)
    raise BodyRefused(
        {name: [Text(ja, en) for ja, en in zip(texts, found["en"][name], strict=True)] for name, texts in found["ja"].items()}
    )


def _reader(kind: type[In], data: Any, partial: bool) -> In:
    """``partial``: any field may be left out, but one that is given is given whole (rest_framework's own would let its parts be left out
    too)."""
    read = kind(data=data)
    if partial:
        for one in read.fields.values():
            one.required = False
    return read


def body(kind: type[In], request: Request, *, partial: bool = False) -> dict[str, Any]:
    """The request's JSON, read as ``kind``."""
    return accepted(kind, request.data, partial=partial)


def query(kind: type[In], request: Request) -> dict[str, Any]:
    """The query string, read as ``kind``."""
    return accepted(kind, request.query_params)


def _flat(errors: Any, above: str = "") -> dict[str, list[str]]:
    """``{"lines": {0: {"gtin": […]}}}`` → ``{"lines.0.gtin": […]}``."""
    if isinstance(errors, Mapping):
        found: dict[str, list[str]] = {}
        for name, inner in errors.items():
            own = "" if name == "non_field_errors" else str(name)
            found |= _flat(inner, ".".join(part for part in (above, own) if part))
        return found
    if errors and isinstance(errors[0], Mapping):
        return _flat({number: inner for number, inner in enumerate(errors) if inner}, above)
    return {above or _WHOLE: [str(one) for one in errors]}
