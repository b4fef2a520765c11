"""Kilograms of a day or period, for ever the same (D18, R3)."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.test import Client
from django.urls import reverse

from foodbank.core.dates import today
from foodbank.inventory.models import PlaceKind, Reason
from foodbank.inventory.selectors.flows import flows
from foodbank.inventory.services.discard import discard
from foodbank.inventory.services.ledger import correct, post
from foodbank.inventory.services.places import ensure_counterpart
from foodbank.reports.selectors.kilograms import kilograms
from tests.factories import UserFactory, stocked
from tests.foodbank.reports.conftest import Given

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


def test_in_by_donor_out_by_kind_discarded_by_reason_and_stock_at_both_ends(gone: Given):
    stocked(7, unit_weight_g=500, weight_estimated=True)  # 3.5 kg opening, estimated
    found = kilograms(today(), today())
    assert (found.before.on_hand_g, found.opening.grams, found.opening.estimated_g) == (0, 3_500, 3_500)
    code = gone.donor.site.code
    assert [(line.key, line.name, line.grams, line.estimated_g) for line in found.received] == [
        (code, "見本マーケット", 19_000, 0)
    ]
    assert [(line.key, line.grams) for line in found.given] == [("cafeteria", 5_000), ("mobile", 2_000)]
    assert [(line.key, line.grams) for line in found.discarded] == [("discard_damaged", 1_000)]
    assert (found.counted.grams, found.after.on_hand_g) == (-1_000, 13_500)
    assert found.after.on_hand_g == 0 + 3_500 + 19_000 - 7_000 - 1_000 - 1_000


def test_the_day_page_and_the_report_say_the_same(gone: Given):
    day, report = flows(today()), kilograms(today(), today())
    assert (day.in_g, day.out_g, day.discarded_g, day.counted_g, day.on_hand_g) == (
        report.received_g, report.given_g, report.discarded_g, report.counted.grams, report.after.on_hand_g,
    )  # fmt: skip


def test_days_add_up_to_their_period(gone: Given, later):
    target = ensure_counterpart(kind=PlaceKind.RECIPIENT, site=gone.cafeteria.site, actor=gone.actor)
    first = today()
    with later(days=1):
        correct(movement=gone.row, quantity=20, note="やはり20点", actor=gone.actor)
        post(lot=gone.lot, source=gone.shelf, target=target, quantity=3, reason=Reason.HAND_OVER, actor=gone.actor)
    second = first + dt.timedelta(days=1)
    one, two, both = kilograms(first, first), kilograms(second, second), kilograms(first, second)
    assert (two.received_g, two.given_g) == (1_000, 3_000)  # the correction counts on its own day
    assert (one.received_g + two.received_g, one.given_g + two.given_g) == (both.received_g, both.given_g) == (20_000, 10_000)
    assert (one.after.on_hand_g, two.after.on_hand_g) == (two.before.on_hand_g, both.after.on_hand_g) == (10_000, 8_000)


@pytest.mark.parametrize("form", ["csv", "pdf"])
def test_a_day_that_is_over_stays_to_the_byte_whatever_is_corrected_later(desk: Client, gone: Given, later, form: str):
    query = {"from": today().isoformat(), "until": today().isoformat()}
    address = reverse("reports:kilograms_file", args=[form])
    with later(days=1):
        before = desk.get(address, query).content
        correct(movement=gone.row, quantity=15, note="数え直し", actor=gone.actor)
        discard(lot=gone.lot, place=gone.shelf, quantity=1, reason=Reason.DISCARD_EXPIRED, actor=gone.actor)
        stocked(3)
    with later(days=2):
        assert desk.get(address, query).content == before


def test_the_file_holds_no_name_that_could_be_changed(desk: Client, gone: Given):
    query = {"from": today().isoformat(), "until": today().isoformat()}
    address = reverse("reports:kilograms_file", args=["csv"])
    before = desk.get(address, query).content
    site = gone.donor.site
    site.name = "名前を変えた店"
    site.save()
    assert desk.get(address, query).content == before
    assert "見本マーケット" not in before.decode("utf-8-sig")


def test_the_file_in_numbers(desk: Client, gone: Given):
    day = today().isoformat()
    answer = desk.get(reverse("reports:kilograms_file", args=["csv"]), {"from": day, "until": day})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = {(row[2], row[3]): row[4:6] for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))}
    assert rows["受入の内訳", gone.donor.site.code] == ["19000", "19.000"]
    assert rows["お渡しの内訳", "cafeteria"] == ["5000", "5.000"]
    assert rows["棚卸の差", ""] == ["-1000", "-1.000"]  # a number, not defused text
    assert rows["終わりの在庫", ""] == rows["在庫の温度帯", "chilled"] == rows["在庫の分類", "dairy"] == ["10000", "10.000"]


def test_a_day_that_is_not_over_says_so(desk: Client, gone: Given, later):
    address = reverse("reports:kilograms")
    query = {"from": today().isoformat(), "until": today().isoformat()}
    assert "途中の数字" in desk.get(address, query).content.decode()
    with later(days=1):
        assert "途中の数字" not in desk.get(address, query).content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"from": "2026-12-05", "until": "2026-12-04"}, "終わりの日は、はじめの日と同じかあとにしてください"),
        ({"from": "2000-01-01", "until": "2026-12-04"}, "期間は10年までにしてください"),
        ({"from": "soon"}, "日付を 2026-12-05 のように入力してください"),
        ({"until": "9999-12-31"}, "年は"),
    ],
)
def test_days_that_make_no_sense_come_back_with_the_reason(desk: Client, query: dict[str, str], words: str):
    answer = desk.get(reverse("reports:kilograms"), query)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert desk.get(reverse("reports:kilograms_file", args=["csv"]), query).status_code == 404


@pytest.mark.parametrize("more", [0, 5])
def test_nothing_but_the_ledger_grows(gone: Given, django_assert_num_queries, more: int):
    for _ in range(more):
        stocked(2)
    with django_assert_num_queries(8):  # stock before (2) and after (2), sums, partners, sites, donors
        kilograms(today(), today())
