"""The demo's visitor presses what a person would see, and says so when it is not there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest

from deploy.tools.demo.browser import PageFault, Visitor

_PAGE = """<html><body>
<a href="/day/2026-12-05/">12月5日(土)</a>
<form method="post" action="/login/"><input type="hidden" name="csrf" value="abc"><input name="username" value="">
  <select name="language"><option value="ja" selected>日本語</option><option value="en">English</option></select>
  <input type="checkbox" name="keep" checked><input type="checkbox" name="not"><textarea name="note"></textarea>
  <button type="submit" name="go" value="1"><svg></svg> ログイン
     する</button></form>
</body></html>"""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.path == "/"
        self._answer(200 if known else 404, _PAGE)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        sent = {key: values[0] for key, values in parse_qs(body, keep_blank_values=True).items()}
        self._answer(200, f"{self.path} {sorted(sent.items())}")

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_button_sends_its_form_with_what_was_filled_in(address: str) -> None:
    visitor = Visitor(address)
    visitor.open("/")
    page = visitor.press("ログイン する", {"username": "demo"})
    expected = [("csrf", "abc"), ("go", "1"), ("keep", "on"), ("language", "ja"), ("note", ""), ("username", "demo")]
    assert page.html == f"/login/ {expected}"


def test_a_button_that_is_not_there_is_named_with_those_that_are(address: str) -> None:
    visitor = Visitor(address)
    visitor.open("/")
    with pytest.raises(PageFault, match=r"この計画で確定.*ログイン する"):
        visitor.press("この計画で確定")


def test_links_are_found_by_what_is_written_on_them(address: str) -> None:
    visitor = Visitor(address)
    visitor.open("/")
    assert visitor.link("12月5日") == f"{address}/day/2026-12-05/"


def test_a_field_that_is_not_there_is_named_with_those_that_are(address: str) -> None:
    visitor = Visitor(address)
    visitor.open("/")
    with pytest.raises(PageFault, match=r"no field 「電話」; there are .*username"):
        visitor.press("ログイン する", {"電話": "1"})


def test_a_refusal_may_be_what_is_wanted(address: str) -> None:
    visitor = Visitor(address)
    assert visitor.open("/gone", status=404).status == 404
    with pytest.raises(PageFault, match="/: HTTP 200"):
        visitor.open("/", status=404)


def test_a_page_that_is_missing_is_a_fault(address: str) -> None:
    with pytest.raises(PageFault, match=r"/gone: HTTP 404: .*ログイン"):
        Visitor(address).open("/gone")
