"""How somebody can be reached. ``settings.MESSAGE_ADDRESSES`` names, by kind of person, the function that knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Address:
    """Without ``email`` a person is asked to call. ``neutral``: only the neutral wording may be used (P4)."""

    email: str = ""
    phone: str = ""
    language: Literal["ja", "en"] = "ja"
    neutral: bool = False


def address_of(kind: str, pk: int) -> Address | None:
    """Looked up at the moment of sending; ``None``: nobody of that number any more. Raises ``KeyError`` for an unknown kind."""
    find: Callable[[int], Address | None] = import_string(settings.MESSAGE_ADDRESSES[kind])
    return find(pk)
