"""Places and agreements (D1)."""

from __future__ import annotations

import datetime as dt

import pytest

from foodbank.core.errors import FieldsRefused, Refusal
from foodbank.sites.models import Agreement, Site, SiteKind
from foodbank.sites.services.agreements import change_agreement, ensure_agreements, need_agreements, record_agreement
from foodbank.sites.services.entry import enter_site
from foodbank.sites.services.sites import SiteData, change_site, create_site, put_sites
from tests.factories import SiteFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 12, 5)


@pytest.fixture
def actor():
    return UserFactory.create()


def data(**changes):
    plain = {
        "code": "D001",
        "name": "見本の店",
        "kind": SiteKind.DONOR,
        "latitude": 34.34,
        "longitude": 134.05,
        "opens": dt.time(8),
        "closes": dt.time(21),
    }
    return SiteData(**{**plain, **changes})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "A/B"}, "code"),  # a slash parts code and item in the plan's references
        ({"code": ".."}, "code"),  # no page could be opened under it
        ({"code": "D 9#?"}, "code"),  # what a file refuses, the page refuses
        ({"name": " "}, "name"),
        ({"latitude": 134.05, "longitude": 34.34}, "latitude"),  # exchanged
        ({"latitude": 0.0, "longitude": 0.0}, "latitude"),  # forgotten
        ({"longitude": 180.1}, "longitude"),
        ({"closes": dt.time(8)}, "closes"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(actor, changes, field):
    with pytest.raises(FieldsRefused) as refused:
        create_site(data=data(**changes), actor=actor)
    assert set(refused.value.fields) == {field}
    assert not Site.objects.exists()


def test_what_is_not_given_stays(actor):
    site = create_site(data=data(access_note="裏口から"), actor=actor)
    changed = change_site(site=site, data=data(name="新しい名前"), actor=actor)
    assert (changed.name, Site.objects.get().access_note) == ("新しい名前", "裏口から")


def test_code_and_kind_stay(actor):
    site = create_site(data=data(), actor=actor)
    for changes, code in (({"code": "D002"}, "site.code_changes"), ({"kind": SiteKind.PARTNER}, "site.kind_changes")):
        with pytest.raises(Refusal) as refused:
            change_site(site=site, data=data(**changes), actor=actor)
        assert refused.value.code == code
    with pytest.raises(FieldsRefused) as refused:
        create_site(data=data(), actor=actor)
    assert refused.value.code == "site.code_taken"


def test_hundreds_of_sites_in_few_queries(actor, django_assert_max_num_queries):
    sites = [data(code=f"D{number:03d}") for number in range(370)]
    # SQLite takes 999 values a statement: 370 sites of 12 values in 5 inserts; beside them savepoints and one look
    with django_assert_max_num_queries(12):
        stored = put_sites(sites=sites, actor=actor)
    with django_assert_max_num_queries(4):  # the same again: nothing to write
        assert put_sites(sites=sites, actor=actor).keys() == stored.keys()


@pytest.mark.parametrize(
    ("first", "last", "valid"),
    [(0, 0, True), (-5, None, True), (1, None, False), (-5, -1, False)],
)
def test_an_agreement_counts_from_its_first_to_its_last_day(actor, first, last, valid):
    site = SiteFactory.create()
    until = None if last is None else DAY + dt.timedelta(days=last)
    record_agreement(site=site, valid_from=DAY + dt.timedelta(days=first), valid_until=until, actor=actor)
    assert ensure_agreements(sites=[site], day=DAY, actor=actor) == (0 if valid else 1)
    need_agreements(sites=[site], day=DAY)


def test_everyone_without_an_agreement_is_named(actor):
    sites = [SiteFactory.create() for _ in range(3)]
    record_agreement(site=sites[1], valid_from=DAY, actor=actor)
    with pytest.raises(Refusal) as refused:
        need_agreements(sites=sites, day=DAY)
    assert refused.value.params["sites"] == sorted([sites[0].code, sites[2].code])
    said = refused.value.text.ja
    assert f"{sites[0].name}（{sites[0].code}）" in said  # by name, as people know them
    assert "2026年12月5日(土)" in said
    assert "先に合意書を登録してください" in said  # how to mend it


def test_an_agreement_does_not_end_before_it_starts(actor):
    agreement = record_agreement(site=SiteFactory.create(), valid_from=DAY, actor=actor)
    with pytest.raises(FieldsRefused):
        change_agreement(agreement=agreement, valid_from=DAY, valid_until=DAY - dt.timedelta(days=1), actor=actor)
    assert Agreement.objects.get().valid_until is None


def test_a_site_is_entered_with_its_agreement_or_not_at_all(actor):
    site = enter_site(site=None, data=data(), agreement_from=DAY, actor=actor)
    assert [a.valid_from for a in site.agreements.all()] == [DAY]
    with pytest.raises(FieldsRefused):
        enter_site(site=None, data=data(), agreement_from=DAY + dt.timedelta(days=1), actor=actor)
    assert Agreement.objects.count() == 1
