from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from foodbank.sites.models import Agreement
from tests.factories import AgreementFactory, DonorFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


def test_an_agreement_is_recorded(staff: Client):
    site = DonorFactory.create(agreement=None).site
    answer = staff.post(
        reverse("sites:agreement_new"), {"site": site.pk, "valid_from": "2026-12-01", "valid_until": "2027-11-30"}
    )
    assert answer.status_code == 302
    assert str(Agreement.objects.get(site=site).valid_until) == "2027-11-30"


def test_an_agreement_that_ends_before_it_begins_is_refused_at_the_field(staff: Client):
    site = DonorFactory.create(agreement=None).site
    answer = staff.post(
        reverse("sites:agreement_new"), {"site": site.pk, "valid_from": "2026-12-01", "valid_until": "2026-11-30"}
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["valid_until"]
    assert not Agreement.objects.exists()


def test_an_agreement_is_ended_but_stays_with_its_site(staff: Client):
    agreement = AgreementFactory.create(site=DonorFactory.create(agreement=None).site)
    other = DonorFactory.create().site
    values = {"site": other.pk, "valid_from": "2020-01-01", "valid_until": "2026-12-31"}
    staff.post(reverse("sites:agreement_edit", args=[agreement.pk]), values)
    before = agreement.site_id
    agreement.refresh_from_db()
    assert (str(agreement.valid_until), agreement.site_id) == ("2026-12-31", before)


def test_the_list_asks_as_often_for_sixty_agreements_as_for_one(staff: Client, django_assert_num_queries):
    DonorFactory.create()
    with django_assert_num_queries(5):  # session, user, roles, count, rows
        staff.get(reverse("sites:agreement_list"))
    DonorFactory.create_batch(60)
    with django_assert_num_queries(5):
        page = staff.get(f"{reverse('sites:agreement_list')}?valid=1&kind=donor")
    assert page.context["listing"].page.paginator.count == 61
