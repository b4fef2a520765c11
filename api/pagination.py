"""Cursor pages: where the last one ended, not how many there were before, so that nothing is seen twice while rows are added."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

R = TypeVar("R")
PAGE_SIZE = 50


class _Rows(CursorPagination, ABC):
    """Stored rows; 404 for a cursor that is none of ours."""

    page_size = PAGE_SIZE

    def decode_cursor(self, request: Request) -> Any:
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            try:
                self.read_position(str(cursor.position))
            except (ValueError, OverflowError):
                raise NotFound from None
        return cursor

    @abstractmethod
    def read_position(self, position: str) -> object:
        """Raises ``ValueError`` or ``OverflowError`` for what is no value of the first field of ``ordering``."""


class NewestFirst(_Rows):
    ordering = ("-pk",)

    def read_position(self, position: str) -> int:
        return int(position)


class LatestFirst(_Rows):
    ordering = ("-eta", "-pk")

    def read_position(self, position: str) -> dt.datetime:
        moment = dt.datetime.fromisoformat(position)
        if moment.tzinfo is None:
            raise ValueError(position)
        return moment.astimezone(dt.UTC)


def rows_page(request: Request, rows: Sequence[R], key: Callable[[R], str]) -> dict[str, Any]:
    """One page of ``rows`` that are worked out rather than stored; they are sorted by ``key``, which is theirs alone. Raises 404 for a
    cursor that is none of ours."""
    start, end = _window(request, [key(row) for row in rows])
    address = request.build_absolute_uri()
    following = replace_query_param(address, "cursor", _cursor("n", key(rows[end - 1]))) if end < len(rows) else None
    preceding = replace_query_param(address, "cursor", _cursor("p", key(rows[start]))) if start > 0 else None
    if start == PAGE_SIZE:
        preceding = remove_query_param(address, "cursor")
    return {"next": following, "previous": preceding, "results": list(rows[start:end])}


def _window(request: Request, keys: list[str]) -> tuple[int, int]:
    given = request.query_params.get("cursor")
    if not given:
        return 0, min(PAGE_SIZE, len(keys))
    try:
        way, _, last = base64.urlsafe_b64decode(given.encode("ascii")).decode().partition(":")
    except (UnicodeError, binascii.Error, ValueError):
        raise NotFound from None
    if way == "n":
        start = sum(1 for one in keys if one <= last)
    elif way == "p":
        start = max(0, sum(1 for one in keys if one < last) - PAGE_SIZE)
    else:
        raise NotFound
    return start, min(start + PAGE_SIZE, len(keys))


def _cursor(way: str, key: str) -> str:
    return base64.urlsafe_b64encode(f"{way}:{key}".encode()).decode()
