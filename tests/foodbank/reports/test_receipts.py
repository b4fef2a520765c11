"""受領書: what is on it, that it stays as it was, and that a corrected one says so (D2, D4, D9, D19)."""

from __future__ import annotations

import datetime as dt
import io
import re

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from foodbank.core.dates import today
from foodbank.donations.services.intake import NotTaken, receive_offer
from foodbank.donations.services.offers import refuse_offer
from foodbank.inventory.models import Lot, Reason
from foodbank.inventory.services.ledger import correct
from foodbank.inventory.services.lots import LotDraft
from foodbank.inventory.services.receive import Incoming, receive_lots
from foodbank.inventory.services.splits import split_lot
from foodbank.reports.selectors.receipts import intakes, receipt
from tests.factories import UserFactory, stocked
from tests.foodbank.reports.conftest import Given, offered

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


def file_of(client: Client, given: Given, form: str = "pdf", **query: object) -> bytes:
    answer = client.get(reverse("reports:receipt_file", args=[today(), given.donor.site.code, form]), query)
    assert answer.status_code == 200
    return answer.content


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return "\n".join(document[number].get_textpage().get_text_range() for number in range(len(document)))


def test_goods_dates_weights_and_what_was_refused(given: Given):
    [row] = intakes()
    assert (row.net_units, row.net_g) == (20, 20_000)
    found = receipt(donor=given.donor.site, day=today())
    assert [(line.lot, line.units, line.grams, line.corrected_at) for line in found.lines] == [(given.lot, 20, 20_000, None)]
    assert [(one.quantity, one.reason.code, one.note) for one in found.refused] == [(3, "opened", "口が開いていた")]
    assert (found.number, found.corrected) == (f"R{today():%Y%m%d}-{given.donor.site.code}", False)


def test_the_printed_receipt_names_both_sides_and_everything_on_it(desk: Client, given: Given):
    text = text_of(file_of(desk, given))
    last = today() + dt.timedelta(days=5)
    for words in (
        "見本マーケット 様", "見本フードバンク", "見本市1-2-3", "見本牛乳", "20.000", "開封済み", "口が開いていた", "受領印",
        f"賞味期限 {last.year}年{last.month}月{last.day}日",
    ):  # fmt: skip
        assert words in text, words
    assert "訂正" not in text
    assert "約" not in text  # nothing is estimated


def test_no_price_and_no_value_on_any_form(desk: Client, given: Given):
    """D4: not even a place for one."""
    page = desk.get(reverse("reports:receipt", args=[today(), given.donor.site.code])).content.decode()
    for text in (page, text_of(file_of(desk, given)), file_of(desk, given, "csv").decode("utf-8-sig")):
        assert not re.search(r"[¥￥]|\d\s*円|評価額|時価|単価|価格", text)


def test_an_estimated_weight_is_marked(desk: Client, given: Given):
    offer = offered(given.donor, given.actor, name="見本の野菜", weight_estimated=True, unit_weight_g=340)
    receive_offer(offer=offer, quantity=4, place=given.shelf, actor=given.actor)
    text = text_of(file_of(desk, given))
    assert "約 1.360" in text  # 4 × 340 g
    assert "約 21.360" in text  # the sum holds an estimate: 20 + 1.36
    lines = file_of(desk, given, "csv").decode("utf-8-sig").splitlines()
    assert [("推定" in line.split(",")) for line in lines[1:3]] == [False, True]


def test_one_donation_alone_and_the_whole_day_together(given: Given, opened_goods):
    second = offered(given.donor, given.actor, name="見本ヨーグルト")
    more = receive_offer(offer=second, quantity=5, place=given.shelf, actor=given.actor)
    refuse_offer(offer=offered(given.donor, given.actor, units=7), reason=opened_goods, actor=given.actor)
    day = receipt(donor=given.donor.site, day=today())
    assert [line.units for line in day.lines] == [20, 5]
    assert [one.quantity for one in day.refused] == [3, 7]  # also what was refused altogether
    alone = receipt(donor=given.donor.site, day=today(), lot=more.lot)
    assert ([line.units for line in alone.lines], alone.refused) == ([5], ())
    assert alone.number.endswith(f"-{more.lot.code}")


def test_an_offer_in_two_parts_tells_what_was_refused_once(given: Given, opened_goods):
    offer = offered(given.donor, given.actor)
    first = receive_offer(
        offer=offer, quantity=4, place=given.shelf, actor=given.actor, complete=False, not_taken=[NotTaken(2, opened_goods)]
    )
    second = receive_offer(offer=offer, quantity=6, place=given.shelf, actor=given.actor)
    parts = [receipt(donor=given.donor.site, day=today(), lot=made.lot) for made in (first, second)]
    assert [[one.quantity for one in part.refused] for part in parts] == [[], [2]]
    assert [one.quantity for one in receipt(donor=given.donor.site, day=today()).refused] == [3, 2]


def test_goods_without_an_offer_have_one_too_and_stock_from_before_has_none(given: Given):
    draft = LotDraft(item=given.lot.item, received_on=today(), last_day=given.lot.last_day, donor_site=given.donor.site)
    receive_lots(incoming=[Incoming(draft=draft, place=given.shelf, quantity=2)], reason=Reason.RECEIVE, actor=given.actor)
    stocked(9, donor_site=given.donor.site)  # OPENING: there before we counted
    assert [line.units for line in receipt(donor=given.donor.site, day=today()).lines] == [20, 2]
    assert intakes().count() == 2


def test_what_is_split_off_is_not_a_second_donation(given: Given):
    split_lot(lot=given.lot, place=given.shelf, quantity=8, actor=given.actor)
    assert [line.units for line in receipt(donor=given.donor.site, day=today()).lines] == [20]


def test_a_correction_is_a_new_revision_and_the_first_stays_to_the_byte(desk: Client, given: Given, later):
    before = file_of(desk, given)
    assert file_of(desk, given) == before
    with later(days=1):
        correct(movement=given.row, quantity=18, note="数え間違い", actor=given.actor)
        receive_offer(offer=offered(given.donor, given.actor), quantity=1, place=given.shelf, actor=given.actor)
    assert file_of(desk, given, revision=1) == before
    text = text_of(file_of(desk, given))
    assert "訂正版" in text
    assert f"R{today():%Y%m%d}-{given.donor.site.code}-r2" in text
    assert "はじめの記録は 20 点" in text
    assert "18.000" in text
    page = desk.get(reverse("reports:receipt", args=[today(), given.donor.site.code]), {"revision": 1}).content.decode()
    assert "あとで訂正されています" in page


def test_a_correction_on_the_same_day_is_said_too(given: Given):
    correct(movement=given.row, quantity=0, note="別の店の品", actor=given.actor)
    found = receipt(donor=given.donor.site, day=today())
    assert (found.revision, found.corrected, found.units, found.lines[0].first_units) == (1, True, 0, 20)


@pytest.mark.parametrize("query", [{"revision": "2"}, {"revision": "0"}, {"revision": "x"}, {"lot": "L0000000"}])
def test_revisions_and_lots_that_do_not_exist_are_not_found(desk: Client, given: Given, query: dict[str, str]):
    assert desk.get(reverse("reports:receipt", args=[today(), given.donor.site.code]), query).status_code == 404


def test_a_lot_of_another_donor_is_not_on_this_one_s_receipt(desk: Client, given: Given):
    foreign = Lot.objects.exclude(donor_site=given.donor.site).first() or stocked(1)[0]
    answer = desk.get(reverse("reports:receipt", args=[today(), given.donor.site.code]), {"lot": foreign.code})
    assert answer.status_code == 404


def test_a_day_without_goods_and_a_form_that_we_do_not_have_are_not_found(desk: Client, given: Given):
    code = given.donor.site.code
    assert desk.get(reverse("reports:receipt", args=[today() - dt.timedelta(days=1), code])).status_code == 404
    assert desk.get(reverse("reports:receipt_file", args=[today(), code, "docx"])).status_code == 404


def test_the_list_counts_corrections_and_leads_to_both_papers(desk: Client, given: Given):
    correct(movement=given.row, quantity=19, note="数え間違い", actor=given.actor)
    page = desk.get(reverse("reports:receipts")).content.decode()
    address = reverse("reports:receipt", args=[today(), given.donor.site.code])
    assert f'href="{address}"' in page
    assert f'href="{address}?lot={given.lot.code}"' in page
    assert "19.0" in page
    assert Reason.RECEIVE in {row.reason for row in intakes()}


@pytest.mark.parametrize("more", [0, 8])
def test_the_same_number_of_queries_however_many_lines(desk: Client, given: Given, django_assert_num_queries, more: int):
    for _ in range(more):
        receive_offer(offer=offered(given.donor, given.actor), quantity=2, place=given.shelf, actor=given.actor)
    with django_assert_num_queries(3):  # rows, corrections, refused goods
        receipt(donor=given.donor.site, day=today())
    with django_assert_num_queries(6):  # session, user, roles; how many, rows; donors
        desk.get(reverse("reports:receipts"))
