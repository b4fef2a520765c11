"""A visitor without a browser: keeps cookies, and presses buttons and follows links by what is written on them."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Container
from dataclasses import dataclass
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin

from deploy.tools.demo.markup import Button, Filled, Form, Markup, NoSuchField, read

_SAID = frozenset({200, 409, 422})
"""A form that was sent back says on the page what is wrong with it."""


class PageFault(RuntimeError):
    """The page did not answer as a person would need it to; the message says which page and what was looked for."""


@dataclass
class Page:
    url: str
    status: int
    html: str
    markup: Markup

    @property
    def text(self) -> str:
        """What can be read on the page, on one line."""
        return self.markup.text

    @property
    def forms(self) -> list[Form]:
        return self.markup.forms

    @property
    def buttons(self) -> list[str]:
        """What is written on the buttons, in the order of the page."""
        return [button.label for form in self.forms for button in form.buttons]

    def with_button(self, label: str, near: str = "") -> list[tuple[Form, Button]]:
        """The forms with such a button, in the order of the page; with ``near``, those that stand beside that text or
        send it along unseen."""
        return [
            (form, button)
            for form in self.forms
            for button in form.buttons
            if label in button.label and (near in f"{form.around} {button.label}" or near in form.unseen)
        ]


class Visitor:
    """One person in front of the pages at ``base``."""

    def __init__(self, base: str) -> None:
        self._base = base
        self.cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.page: Page | None = None

    def open(self, path: str, *, status: int = 200) -> Page:
        """Raises :class:`PageFault` unless the page answers with that status."""
        return self._ask(urllib.request.Request(urljoin(self._base, path)), {status})

    def follow(self, label: str) -> Page:
        """Open the link that bears ``label``."""
        return self.open(self.link(label))

    def download(self, path: str) -> bytes:
        with self._opener.open(urljoin(self._base, path), timeout=60) as answer:
            return bytes(answer.read())

    def press(self, label: str, filled: Filled | None = None, *, near: str = "", refused: bool = False) -> Page:
        """Fill in the form whose button bears ``label`` (and stands beside ``near``) and send it, as the button would.

        Raises :class:`PageFault` when there is no such button or field, and when the page that comes says that something went wrong –
        or does not, where a refusal is what is ``refused`` for.
        """
        page = self.here()
        found = page.with_button(label, near)
        if not found:
            beside = f" near 「{near}」" if near else ""
            raise PageFault(f"{page.url}: no button 「{label}」{beside}; there are {page.buttons}")
        form, button = found[0]
        try:
            sent = form.filled(filled or {})
        except NoSuchField as fault:
            raise PageFault(f"{page.url}: {fault}") from None
        if button.name:
            sent = [*sent, (button.name, button.value)]
        answer = self._send(page, form.method, urljoin(page.url, button.action or form.action), sent)
        if bool(answer.markup.alerts) != refused:
            said = " / ".join(answer.markup.alerts) or f"not refused: {answer.text[:300]}"
            raise PageFault(f"{page.url}, 「{label}」: {said}")
        return answer

    def link(self, label: str) -> str:
        """The address behind the link that bears ``label``."""
        page = self.here()
        for text, address in page.markup.links:
            if label in text:
                return urljoin(page.url, address)
        raise PageFault(f"{page.url}: no link 「{label}」; there are {[text for text, _ in page.markup.links]}")

    def here(self) -> Page:
        if self.page is None:
            raise PageFault("no page is open")
        return self.page

    def _send(self, page: Page, method: str, address: str, sent: list[tuple[str, str]]) -> Page:
        if method == "get":
            return self._ask(urllib.request.Request(f"{address.partition('?')[0]}?{urlencode(sent)}"), _SAID)
        body = urlencode(sent).encode()
        return self._ask(urllib.request.Request(address, data=body, headers={"Referer": page.url}), _SAID)

    def _ask(self, request: urllib.request.Request, wanted: Container[int]) -> Page:
        try:
            with self._opener.open(request, timeout=60) as answer:
                html, url, status = answer.read().decode("utf-8", errors="replace"), answer.geturl(), answer.status
        except urllib.error.HTTPError as fault:
            html, url, status = fault.read().decode("utf-8", errors="replace"), request.full_url, fault.code
        page = Page(url, status, html, read(html))
        if status not in wanted:
            said = f": {page.text[:600]}" if status in {400, 404} else ""
            raise PageFault(f"{request.get_method()} {request.full_url}: HTTP {status}{said}")
        self.page = page
        return page
