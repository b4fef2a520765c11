from __future__ import annotations

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from foodbank.core.listing import PER_PAGE, Column, listing
from foodbank.sites.models import Site
from tests.factories import SiteFactory

pytestmark = pytest.mark.django_db
COLUMNS = (Column("code", "コード", ("code",)), Column("name", "名称", ("name",)), Column("note", "備考"))


def shown(query: str = "") -> list[str]:
    found = listing(RequestFactory().get(f"/?{query}"), Site.objects.all(), columns=COLUMNS, search=("code", "name"))
    return [site.code for site in found.rows]


@pytest.fixture
def three():
    for code, name in (("A1", "みかん堂"), ("A2", "コムギ屋"), ("A3", "ＡＢＣマート")):
        SiteFactory.create(code=code, name=name)


def test_the_first_column_sorts_unless_another_is_asked_for(three):
    assert shown() == ["A1", "A2", "A3"]
    assert shown("o=-code") == ["A3", "A2", "A1"]
    assert shown("o=name") == ["A1", "A2", "A3"]  # み (U+307F) < コ (U+30B3) < Ａ (U+FF21)


@pytest.mark.parametrize("wanted", ["o=password", "o=-note", "o=", "page=abc", "page=999", "o=--code"])
def test_nonsense_in_the_address_is_no_fault(three, wanted: str):
    assert set(shown(wanted)) == {"A1", "A2", "A3"}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("a2", ["A2"]),
        ("Ａ２", ["A2"]),  # full width
        ("こむぎ", ["A2"]),  # hiragana for katakana
        ("ミカン", ["A1"]),  # and the other way round
        ("ｺﾑｷﾞ", ["A2"]),  # half-width katakana
        ("ABC", ["A3"]),  # stored in full width
        ("A 堂", ["A1"]),  # every word
        ("100%", []),  # no wildcard
    ],
)
def test_searching_does_not_mind_width_or_kana(three, typed: str, found: list[str]):
    from urllib.parse import quote  # noqa: PLC0415

    assert shown(f"q={quote(typed)}") == found


def test_headings_turn_the_order_round_and_say_which_way_it_is(three):
    found = listing(RequestFactory().get("/?o=name&page=1&q=A"), Site.objects.all(), columns=COLUMNS, search=("code",))
    code, name, note = found.headings
    assert (name.direction, code.direction) == ("ascending", "")
    assert name.url == "?o=-name&q=A"
    assert note.url == ""


def test_two_queries_however_long_the_table_is():
    for number in range(PER_PAGE + 5):
        SiteFactory.create(code=f"N{number:03}")
    with CaptureQueriesContext(connection) as caught:
        assert len(shown()) == PER_PAGE
    assert len(caught) == 2
    assert len(shown("page=2")) == 5
