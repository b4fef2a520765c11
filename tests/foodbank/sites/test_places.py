"""Depots and venues on their pages, and what a vehicle must be to get to a place."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from foodbank.sites.models import Site, SiteKind
from foodbank.sites.services.sites import SiteData, put_sites
from tests.factories import DonorFactory, SiteFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


def place(**changes: object) -> dict[str, object]:
    return {
        "kind": "mobile", "code": "M09", "name": "見本の広場", "latitude": "34.34", "longitude": "134.04", "opens": "8:00",
        "closes": "19:00", "active": "on",
    } | changes  # fmt: skip


def test_a_venue_is_entered_with_its_limits(staff: Client):
    limits = {"max_height_cm": "230", "max_weight_kg": "2000", "area": "高松市", "permit_class": "80L"}
    assert staff.post(reverse("sites:place_new"), place(**limits)).status_code == 302
    made = Site.objects.get()
    assert (made.kind, made.max_height_cm, made.max_weight_kg, made.area, made.permit_class) == (
        "mobile",
        230,
        2_000,
        "高松市",
        "80L",
    )
    page = staff.get(reverse("sites:place_list")).content.decode()
    assert "高さ 230 cmまで" in page
    assert "総重量 2000 kgまで" in page


def test_a_limit_that_is_emptied_is_gone_and_the_kind_stays(staff: Client):
    site = SiteFactory.create(kind=SiteKind.MOBILE, max_height_cm=230, area="高松市", permit_class="40L")
    answer = staff.post(reverse("sites:place_edit", args=[site.code]), place(code=site.code, kind="depot"))
    assert answer.status_code == 302
    site.refresh_from_db()
    assert (site.kind, site.max_height_cm, site.area, site.permit_class) == ("mobile", None, "", "")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"max_height_cm": "2.3"}, "max_height_cm"),
        ({"max_height_cm": "23"}, "max_height_cm"),  # metres times ten
        ({"max_weight_kg": "2"}, "max_weight_kg"),  # tonnes
        ({"kind": "donor"}, "kind"),
        ({"kind": ""}, "kind"),
    ],
)
def test_what_is_wrong_stands_at_its_field(staff: Client, changes: dict[str, object], field: str):
    answer = staff.post(reverse("sites:place_new"), place(**changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Site.objects.exists()


def test_a_file_leaves_limits_as_they_are():
    site = SiteFactory.create(kind=SiteKind.MOBILE, max_height_cm=230, max_weight_kg=2_000, area="高松市", permit_class="40L")
    data = SiteData(
        code=site.code,
        name="新しい名前",
        kind=SiteKind.MOBILE,
        latitude=34.3,
        longitude=134.0,
        opens=dt.time(9),
        closes=dt.time(17),
    )
    put_sites(sites=[data], actor=UserFactory.create())
    site.refresh_from_db()
    assert (site.name, site.max_height_cm, site.max_weight_kg, site.area, site.permit_class) == (
        "新しい名前", 230, 2_000, "高松市", "40L",
    )  # fmt: skip


def test_shops_and_partners_have_lists_of_their_own(staff: Client):
    shop = DonorFactory.create().site
    assert staff.get(reverse("sites:place_edit", args=[shop.code])).status_code == 404
    assert shop.name not in staff.get(reverse("sites:place_list")).content.decode()


def test_a_shops_form_asks_for_limits_too(staff: Client):
    shop = DonorFactory.create().site
    values = place(code=shop.code, name=shop.name, max_weight_kg="1500") | {"contact_name": "", "contact_email": ""}
    assert staff.post(reverse("donations:donor_edit", args=[shop.code]), values).status_code == 302
    shop.refresh_from_db()
    assert (shop.kind, shop.max_weight_kg, shop.max_height_cm) == ("donor", 1_500, None)


def test_the_list_narrows_to_a_kind_and_hides_what_is_not_in_use(staff: Client):
    SiteFactory.create(kind=SiteKind.VENUE, name="見本の会場")
    SiteFactory.create(kind=SiteKind.DEPOT, name="見本の倉庫", active=False)
    page = staff.get(reverse("sites:place_list")).content.decode()
    assert "見本の会場" in page
    assert "見本の倉庫" not in page
    assert "見本の倉庫" in staff.get(f"{reverse('sites:place_list')}?all=1&kind=depot").content.decode()
