"""A visitor without a browser: keeps cookies, reads a page's forms and links, and presses buttons by what is written on them."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin


class PageFault(RuntimeError):
    """The page did not answer as a person would need it to; the message says which page and what was looked for."""


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # label, name, value


@dataclass
class Page:
    url: str
    status: int
    html: str
    forms: list[Form]
    links: list[tuple[str, str]]  # label, address

    @property
    def buttons(self) -> list[str]:
        """What is written on the buttons, in the order of the page."""
        return [label for form in self.forms for label, *_ in form.buttons]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self._form: Form | None = None
        self._label: list[str] | None = None
        self._pending: tuple[str, str] = ("", "")
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._form = Form(facts.get("action", ""), facts.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "a" and "href" in facts:
            self._label, self._pending = [], ("a", facts["href"])
        elif self._form is None:
            return
        elif tag == "button":
            self._label, self._pending = [], (facts.get("name", ""), facts.get("value", ""))
        elif tag == "textarea" and facts.get("name"):
            self._form.fields[facts["name"]] = ""
        elif tag == "select":
            self._select = facts.get("name", "")
        elif tag == "option" and self._select and ("selected" in facts or self._select not in self._form.fields):
            self._form.fields[self._select] = facts.get("value", "")
        elif tag == "input":
            self._input(self._form, facts)

    @staticmethod
    def _input(form: Form, facts: dict[str, str]) -> None:
        kind = facts.get("type", "text")
        if kind == "submit":
            form.buttons.append((facts.get("value", ""), facts.get("name", ""), facts.get("value", "")))
        elif facts.get("name") and (kind not in {"checkbox", "radio"} or "checked" in facts):
            form.fields[facts["name"]] = facts.get("value", "on" if kind == "checkbox" else "")

    def handle_data(self, data: str) -> None:
        if self._label is not None:
            self._label.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"a", "button"} and self._label is not None:
            label = re.sub(r"\s+", " ", "".join(self._label)).strip()
            if tag == "a":
                self.links.append((label, self._pending[1]))
            elif self._form is not None:
                self._form.buttons.append((label, *self._pending))
            self._label = None
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""


class Visitor:
    """One person in front of the pages at ``base``."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.page: Page | None = None

    def open(self, path: str) -> Page:
        """Raises :class:`PageFault` unless the page answers 200."""
        return self._ask(urllib.request.Request(urljoin(self._base, path)))

    def download(self, path: str) -> bytes:
        with self._opener.open(urljoin(self._base, path), timeout=60) as answer:
            return bytes(answer.read())

    def press(self, label: str, **filled: str) -> Page:
        """Fill the fields of the form whose button bears ``label`` and send it, as the button would."""
        page = self._here()
        for form in page.forms:
            for text, name, value in form.buttons:
                if label in text:
                    sent = {**form.fields, **filled, **({name: value} if name else {})}
                    return self._send(page, form, sent)
        raise PageFault(
            f"{page.url}: no button 「{label}」; there are {[text for form in page.forms for text, *_ in form.buttons]}"
        )

    def link(self, label: str) -> str:
        """The address behind the link that bears ``label``."""
        page = self._here()
        for text, address in page.links:
            if label in text:
                return urljoin(page.url, address)
        raise PageFault(f"{page.url}: no link 「{label}」")

    def _here(self) -> Page:
        if self.page is None:
            raise PageFault("no page is open")
        return self.page

    def _send(self, page: Page, form: Form, sent: dict[str, str]) -> Page:
        address = urljoin(page.url, form.action)
        if form.method == "get":
            return self._ask(urllib.request.Request(f"{address}?{urlencode(sent)}"))
        return self._ask(urllib.request.Request(address, data=urlencode(sent).encode(), headers={"Referer": page.url}))

    def _ask(self, request: urllib.request.Request) -> Page:
        try:
            with self._opener.open(request, timeout=60) as answer:
                html = answer.read().decode("utf-8", errors="replace")
                url, status = answer.geturl(), answer.status
        except urllib.error.HTTPError as fault:
            raise PageFault(f"{request.full_url}: HTTP {fault.code}") from None
        reader = _Reader()
        reader.feed(html)
        self.page = Page(url, status, html, reader.forms, reader.links)
        return self.page
