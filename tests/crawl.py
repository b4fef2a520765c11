"""Going through the pages as somebody does: from where they begin, along every link, also into PDF, CSV and ZIP files."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urljoin, urlsplit

import pypdfium2
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve, reverse

from foodbank.core.dates import today
from tests.foodbank.accounts.access import collect

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LINK = re.compile(r"""(?:href|src|action|data-url|hx-get)=["']([^"'#]+)""")
LEADS_OUT = frozenset({"pantry:leave_quickly", "accounts:logout"})
"""Addresses that end the visit."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One answer; ``text`` is all that it says, a PDF's and a ZIP file's content included; ``queries`` is what it asked of the database."""

    name: str
    path: str
    status: int
    text: str
    queries: int = 0


def crawl(
    client: Client, starts: Iterable[str], *, of_each: int = 2, most: int = 600, leave_out: Collection[str] = ()
) -> Iterator[Visit]:
    """Every page that ``starts`` lead to by GET, at most ``of_each`` of one route and set of query names, none of the routes
    ``leave_out``."""
    waiting, seen, times = deque(starts), set[str](), Counter[tuple[str, ...]]()
    while waiting and most:
        path = waiting.popleft()
        if path in seen:
            continue
        seen.add(path)
        name = route_of(path)
        kind = (name, *sorted(key for key, _ in parse_qsl(urlsplit(path).query)))
        if not name or name in LEADS_OUT or name in leave_out or name.startswith("admin:") or times[kind] >= of_each:
            continue
        times[kind] += 1
        most -= 1
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path)
            text = text_of(answer)
        yield Visit(name, path, answer.status_code, text, len(asked))
        links = [answer["Location"]] if answer.has_header("Location") else []
        if answer.get("Content-Type", "").startswith("text/html"):
            links += [html.unescape(link) for link in _LINK.findall(text)]
        for link in links:
            target = urlsplit(urljoin(f"http://testserver{path}", link))
            if target.netloc == "testserver" and target.scheme == "http":
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))


def starts(*, leave_out: Collection[str] = ()) -> list[str]:
    """Every page of the access table that needs no object, and those of today."""
    found = ["/"]
    for name, row in collect().items():
        if row.method == "get" and name not in leave_out:
            if not row.args:
                found.append(reverse(name))
            elif len(row.args) == 1 and _DAY.fullmatch(str(row.args[0])):
                found.append(reverse(name, args=[today()]))
    return found


def route_of(path: str) -> str:
    """The name of the route, nothing where there is none."""
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return ""


def text_of(answer: HttpResponseBase) -> str:
    """What the answer says: headers, and the body in words."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    head = "\n".join(f"{name}: {value}" for name, value in answer.items())
    return f"{head}\n{words(body, answer.get('Content-Type', ''))}"


def words(body: bytes, content_type: str) -> str:
    if content_type.startswith("application/pdf"):
        document = pypdfium2.PdfDocument(io.BytesIO(body))
        return "\n".join(document[number].get_textpage().get_text_range() for number in range(len(document)))
    if content_type.startswith("application/zip"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(words(archive.read(name), "application/pdf") for name in archive.namelist())
    return body.decode("utf-8", errors="replace")


def forms_of(visit: Visit) -> list[str]:
    """Where the forms of a page are posted to; without those that end the visit."""
    found = []
    for form in re.findall(r"<form\b[^>]*>", visit.text):
        if re.search(r"method=[\"']post", form):
            action = re.search(r"action=[\"']([^\"']*)", form)
            path = urlsplit(html.unescape(action[1]) if action else "").path or urlsplit(visit.path).path
            if route_of(path) not in LEADS_OUT | {""}:
                found.append(path)
    return found
