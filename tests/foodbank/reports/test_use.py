"""使途報告: every gram received is told, once (D19)."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from foodbank.core.dates import today
from foodbank.donations.services.intake import receive_offer
from foodbank.inventory.models import Balance, PlaceKind, Reason
from foodbank.inventory.services.ledger import post
from foodbank.inventory.services.places import ensure_counterpart
from foodbank.partners.models import PartnerKind
from foodbank.reports.selectors.use import Fate, use_report
from tests.factories import DonorFactory, PartnerFactory, UserFactory
from tests.foodbank.reports.conftest import Given, offered

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


def total(given: Given) -> Fate:
    return use_report(donor=given.donor.site, first=today(), last=today(), as_of=today()).total


def adds_up(fate: Fate) -> bool:
    return fate.received_g + fate.counted_g == fate.given_sum_g + fate.discarded_sum_g + fate.there_g


def test_each_way_in_grams_through_splits_corrections_and_returns(gone: Given):
    found = use_report(donor=gone.donor.site, first=today(), last=today(), as_of=today())
    assert len(found.lots) == 1  # what was split off, twice, belongs to what was received
    fate = found.total
    assert fate.received_g == 19_000  # 20, corrected to 19
    assert fate.given_g == {"cafeteria": 5_000, "mobile": 2_000}  # 6 − 1 back; 3 corrected to 2
    assert fate.discarded_g == {"discard_damaged": 1_000}  # 2 − 1 that was fine
    assert fate.counted_g == -1_000
    assert fate.there_g == 19_000 - 5_000 - 2_000 - 1_000 - 1_000
    assert adds_up(fate)


def test_what_is_still_there_is_what_the_balances_say(gone: Given):
    """The report reads the ledger; the balances are kept by others."""
    kept = Balance.objects.there().filter(lot__donor_site=gone.donor.site).aggregate(grams=Sum("grams"))["grams"]
    assert total(gone).there_g == kept == 10_000


@pytest.mark.parametrize("kind", PartnerKind)
def test_each_kind_of_organisation_has_its_own_line(given: Given, kind: PartnerKind):
    site = PartnerFactory.create(kind=kind).site
    target = ensure_counterpart(kind=PlaceKind.RECIPIENT, site=site, actor=given.actor)
    post(lot=given.lot, source=given.shelf, target=target, quantity=4, reason=Reason.HAND_OVER, actor=given.actor)
    assert total(given).given_g == {kind.value: 4_000}
    assert adds_up(total(given))


def test_goods_handed_over_without_saying_to_whom_are_not_lost(given: Given):
    target = ensure_counterpart(kind=PlaceKind.RECIPIENT, actor=given.actor)
    post(lot=given.lot, source=given.shelf, target=target, quantity=4, reason=Reason.HAND_OVER, actor=given.actor)
    assert total(given).given_g == {"unspecified": 4_000}
    assert adds_up(total(given))


def test_what_was_given_on_other_days_or_by_others_is_not_in_it(gone: Given):
    other = DonorFactory.create().site
    assert use_report(donor=other, first=today(), last=today(), as_of=today()).lots == ()
    with_later = use_report(donor=gone.donor.site, first=gone.lot.received_on.replace(day=1), last=today(), as_of=today())
    assert with_later.total == total(gone)


def test_a_report_as_of_a_day_that_is_over_stays_to_the_byte(desk: Client, gone: Given, later):
    query = {"from": today().isoformat(), "until": today().isoformat(), "as_of": today().isoformat()}
    forms = {form: reverse("reports:use_file", args=[gone.donor.site.code, form]) for form in ("csv", "pdf")}
    before = {form: desk.get(address, query).content for form, address in forms.items()}
    target = ensure_counterpart(kind=PlaceKind.RECIPIENT, site=gone.cafeteria.site, actor=gone.actor)
    with later(days=1):
        post(lot=gone.lot, source=gone.shelf, target=target, quantity=2, reason=Reason.HAND_OVER, actor=gone.actor)
    assert {form: desk.get(address, query).content for form, address in forms.items()} == before
    with later(days=1):
        newer = {form: desk.get(address, {**query, "as_of": today().isoformat()}).content for form, address in forms.items()}
    assert newer != before


def test_no_organisation_is_named_on_any_form(desk: Client, gone: Given):
    name, code = gone.cafeteria.site.name, gone.cafeteria.site.code
    for form in ("", "pdf/", "csv/"):
        answer = desk.get(reverse("reports:use", args=[gone.donor.site.code]) + form)
        assert answer.status_code == 200
        assert name not in answer.content.decode(errors="ignore")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert all(code not in row for row in rows)


def test_each_line_of_the_file_adds_up_to_what_was_received(desk: Client, gone: Given):
    answer = desk.get(reverse("reports:use_file", args=[gone.donor.site.code, "csv"]))
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    start = head.index("受領（kg）")
    assert [Decimal(row[start]) for row in rows] == [Decimal("19.000")] * 2  # the lot, and the sum
    for row in rows:
        assert sum(Decimal(cell) for cell in row[start + 1 :]) == Decimal(row[start])


def test_the_page_asks_whose_goods_and_refuses_days_that_make_no_sense(desk: Client, gone: Given):
    asked = desk.get(reverse("reports:use_list"), {"donor": gone.donor.site.code, "from": "2026-12-01", "x": "1"})
    assert asked["Location"] == f"{reverse('reports:use', args=[gone.donor.site.code])}?from=2026-12-01"
    wrong = desk.get(reverse("reports:use", args=[gone.donor.site.code]), {"from": "2026-12-05", "until": "2026-12-01"})
    assert wrong.status_code == 422
    assert "終わりの日は、はじめの日と同じかあとにしてください" in wrong.content.decode()
    assert desk.get(reverse("reports:use_file", args=[gone.donor.site.code, "csv"]), {"from": "soon"}).status_code == 404


@pytest.mark.parametrize("more", [0, 6])
def test_four_queries_however_much_was_given(gone: Given, django_assert_num_queries, more: int):
    for _ in range(more):
        receive_offer(offer=offered(gone.donor, gone.actor), quantity=2, place=gone.shelf, actor=gone.actor)
    with django_assert_num_queries(4):  # lots, sums, kinds of partners, kinds of sites
        use_report(donor=gone.donor.site, first=today(), last=today(), as_of=today())
