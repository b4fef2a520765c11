"""What was refused at a scan is kept for the coordinator, without secrets."""

from __future__ import annotations

import datetime as dt

import pytest

from foodbank.core.dates import today
from foodbank.core.errors import Refusal, Text
from foodbank.inventory.models import ScanMode
from foodbank.inventory.selectors.refused_scans import refused_scans
from foodbank.inventory.services.refused_scans import keep_refused_scan, resolve_refused_scan, without_secrets
from foodbank.labels.codes import read_code
from tests.factories import SiteFactory, UserFactory

REFUSAL = Refusal("inventory.held", Text("保留中です。", "On hold."), params={"lot": "L4K7X2MC"})


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("l4k7 x2mc", "l4k7 x2mc"),
        ("9520000000042", "9520000000042"),
        ("(01)09520000000042(10)ABCDEFGHIJKLMNOP", "(01)09520000000042(10)ABCDEFGHIJKLMNOP"),
        ("https://fb.example/my/3q2-8sQkZ0Yt1XrLrQ9aBw", "https://fb.example/…"),
        ("https://name:pass@fb.example/t/AbCdEfGhIjKlMnOpQrStUv?x=1", "https://fb.example/…"),
        ("AbCdEfGhIjKlMnOpQrStUv", "…"),
        ("ticket AbCdEfGhIjKlMnOpQrStUv", "ticket …"),
    ],
)
def test_a_ticket_held_before_the_camera_by_mistake_is_not_kept(text: str, kept: str) -> None:
    assert without_secrets(text) == kept


@pytest.mark.django_db
def test_open_ones_of_the_day_newest_first_until_somebody_sees_to_them(django_assert_num_queries):
    actor, here, there = UserFactory.create(), SiteFactory.create(), SiteFactory.create()
    first, second = (
        keep_refused_scan(mode=ScanMode.LOAD, text="x" * 500, refusal=REFUSAL, actor=actor, site=site) for site in (here, there)
    )
    assert (len(first.text), first.params) == (1, {"lot": "L4K7X2MC"})
    with django_assert_num_queries(1):
        assert [(row.pk, row.site.code, row.actor.username) for row in refused_scans(today())] == [
            (second.pk, there.code, actor.username),
            (first.pk, here.code, actor.username),
        ]
    assert list(refused_scans(today(), sites=[here.pk])) == [first]
    assert list(refused_scans(today() - dt.timedelta(days=1))) == []
    resolved = resolve_refused_scan(scan=first, actor=actor)
    again = resolve_refused_scan(scan=first, actor=UserFactory.create())
    assert (again.resolved_by, again.resolved_at) == (actor, resolved.resolved_at)
    assert list(refused_scans(today())) == [second]
    assert len(refused_scans(today(), unresolved=False)) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["http://[/q/AB", "https://[x]/q/L0000001", "http://exa\u2100mple/t/secret", "L000\x00000", "://", "http://a@[b"]
)
def test_whatever_is_held_before_the_camera_is_refused_and_kept(text: str):
    with pytest.raises(Refusal) as refused:
        read_code(text)
    row = keep_refused_scan(mode=ScanMode.LOOK_UP, text=text, refusal=refused.value, actor=UserFactory.create(), site=None)
    row.refresh_from_db()
    assert "\x00" not in row.text + row.text_ja + row.text_en + str(row.params)
    assert "secret" not in row.text
