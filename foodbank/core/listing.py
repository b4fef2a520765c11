"""Lists that sort, filter and page, with two queries however long the table is (R14)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import jaconv
from django.core.paginator import Page, Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise

PER_PAGE = 50
_LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Column:
    """``order`` are the fields that the heading sorts by; a column without them does not sort."""

    key: str
    label: str | Promise
    order: tuple[str, ...] = ()
    number: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    label: str | Promise
    url: str
    direction: str
    """``ascending``, ``descending`` or nothing, as aria-sort wants it."""
    number: bool


@dataclass(frozen=True, slots=True)
class Listing:
    headings: list[Heading]
    page: Page[Any]
    query: str
    filtered: bool

    @property
    def rows(self) -> Sequence[Any]:
        return list(self.page.object_list)


def listing(
    request: HttpRequest,
    queryset: QuerySet[Any],
    *,
    columns: Sequence[Column],
    search: Iterable[str] = (),
    filters: Iterable[str] = (),
) -> Listing:
    """``?q=`` searches in ``search``, ``?o=`` sorts by a column's key (``-key`` downwards; the first column unless said),
    ``?page=`` pages. ``filters`` are the other parts of the query string that narrow the list; the view applies them."""
    query = request.GET.get("q", "").strip()[:_LONGEST_SEARCH]
    if query:
        queryset = queryset.filter(matching(query, search))
    wanted = request.GET.get("o", "")
    sortable = {column.key: column for column in columns if column.order}
    chosen = sortable.get(wanted.lstrip("-")) or next(iter(sortable.values()), None)
    down = wanted.startswith("-") and chosen is not None and wanted[1:] == chosen.key
    if chosen is not None:
        queryset = queryset.order_by(*(_turned(field, down) for field in chosen.order), "pk")
    paginator: Paginator[Model] = Paginator(queryset, PER_PAGE)
    return Listing(
        headings=[_heading(column, chosen, down, request.GET) for column in columns],
        page=paginator.get_page(request.GET.get("page")),
        query=query,
        filtered=bool(query) or any(request.GET.get(name) for name in filters),
    )


def matching(query: str, fields: Iterable[str]) -> Q:
    """Every word of ``query`` is in one of ``fields``; width does not matter, and neither does hiragana or katakana."""
    names = list(fields)
    every = Q()
    for word in unicodedata.normalize("NFKC", query).split():
        spellings = {word, jaconv.hira2kata(word), jaconv.kata2hira(word), jaconv.h2z(word, digit=True, ascii=True)}
        one = Q()
        for name in names:
            for spelling in spellings:
                one |= Q(**{f"{name}__icontains": spelling})
        every &= one
    return every


def _turned(field: str, down: bool) -> str:
    if not down:
        return field
    return field[1:] if field.startswith("-") else f"-{field}"


def _heading(column: Column, chosen: Column | None, down: bool, query: QueryDict) -> Heading:
    if not column.order:
        return Heading(column.label, "", "", column.number)
    here = chosen is not None and column.key == chosen.key
    changed = query.copy()
    changed.pop("page", None)
    changed["o"] = f"-{column.key}" if here and not down else column.key
    direction = ("descending" if down else "ascending") if here else ""
    return Heading(column.label, f"?{changed.urlencode()}", direction, column.number)
