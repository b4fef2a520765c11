"""The giving side of a site is entered in one go with the site."""

import datetime as dt

import pytest

from foodbank.core.errors import Refusal
from foodbank.donations.models import Donor
from foodbank.donations.services.donors import enter_donor
from foodbank.sites.models import Site, SiteKind
from foodbank.sites.services.sites import SiteData
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def data(name="見本の店", kind=SiteKind.DONOR):
    hours = {"opens": dt.time(9), "closes": dt.time(18)}
    return SiteData(code="D900", name=name, kind=kind, latitude=34.3, longitude=134.0, **hours)


def test_site_agreement_and_contact_come_together_and_are_corrected_together():
    actor = UserFactory.create()
    donor = enter_donor(site=None, data=data(), agreement_from=dt.date(2026, 12, 1), contact_name="見本", actor=actor)
    assert (donor.site.name, donor.contact_name, donor.site.agreements.count()) == ("見本の店", "見本", 1)
    again = enter_donor(site=donor.site, data=data(name="新しい名"), contact_name="別の見本", actor=actor)
    assert (again.pk, again.site.name, again.contact_name) == (donor.pk, "新しい名", "別の見本")
    assert again.site.agreements.count() == 1


def test_a_site_of_another_kind_is_refused_and_not_even_made():
    with pytest.raises(Refusal) as refused:
        enter_donor(site=None, data=data(kind=SiteKind.VENUE), actor=UserFactory.create())
    assert refused.value.code == "site.wrong_kind"
    assert not Donor.objects.exists()
    assert not Site.objects.filter(code="D900").exists()
