"""Places that close in between: what is left of a window, what is refused, and the form."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from foodbank.partners.policies import opening_refusal
from foodbank.sites.models import Site
from foodbank.sites.policies import open_part, open_parts, pause_faults
from tests.factories import DonorFactory, SiteFactory, UserFactory

NOON = (11, 14)


@pytest.mark.parametrize(
    ("window", "parts"),
    [
        ((9, 16), ((9, 11), (14, 16))),
        ((9, 11), ((9, 11),)),
        ((9, 13), ((9, 11),)),
        ((12, 16), ((14, 16),)),
        ((11, 16), ((14, 16),)),  # a single moment is no part
        ((11, 14), ()),
        ((12, 13), ()),
        ((14, 16), ((14, 16),)),
        ((16, 9), ()),
        ((9, 9), ((9, 9),)),
    ],
)
def test_what_is_left_of_a_window(window: tuple[int, int], parts: tuple[tuple[int, int], ...]):
    assert open_parts(*window, NOON) == parts


def test_the_part_that_applies_is_the_one_in_which_it_happens():
    assert [open_part(9, 16, NOON, at) for at in (10, 15, 12)] == [(9, 11), (14, 16), (9, 16)]
    assert open_part(9, 16, None, 12) == (9, 16)


def clock(hour: int | None) -> dt.time | None:
    return None if hour is None else dt.time(hour)


@pytest.mark.parametrize(
    ("pause", "field"),
    [
        ((None, None), None),
        ((11, 14), None),
        ((11, None), "pause_until"),
        ((None, 14), "pause_from"),
        ((14, 11), "pause_from"),
        ((8, 14), "pause_from"),
        ((11, 16), "pause_from"),
    ],
)
def test_a_pause_lies_inside_the_hours(pause: tuple[int | None, int | None], field: str | None):
    given = {"pause_from": clock(pause[0]), "pause_until": clock(pause[1])}
    hours = {"opens": dt.time(9), "closes": dt.time(16)}
    assert set(pause_faults(**given, **hours, hands_over=True)) == ({field} if field else set())
    assert bool(pause_faults(**given, **hours, hands_over=False)) == (pause != (None, None))


def test_an_order_for_the_hours_in_between_is_refused_with_both_openings():
    hours = ((dt.time(10), dt.time(12)), (dt.time(15), dt.time(17)))
    assert opening_refusal((dt.time(11), dt.time(13)), hours=hours) is None
    refusal = opening_refusal((dt.time(12), dt.time(15)), hours=hours)
    assert refusal is not None
    assert "10:00–12:00、15:00–17:00" in refusal.fields["window_from"].ja


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


def shop(**changes: str) -> dict[str, str]:
    return {
        "code": "D09", "name": "見本の店", "latitude": "34.34", "longitude": "134.04", "opens": "9:00", "closes": "16:00", "active": "on",
    } | changes  # fmt: skip


@pytest.mark.django_db
def test_a_shop_is_entered_with_two_openings_and_shown_with_them(staff: Client):
    new = reverse("donations:donor_new")
    assert staff.post(new, shop(pause_from="14:00", pause_until="11:00")).status_code == 422
    assert staff.post(new, shop(pause_from="11:00", pause_until="14:00")).status_code == 302
    made = Site.objects.get()
    assert made.hours == ((dt.time(9), dt.time(11)), (dt.time(14), dt.time(16)))
    page = staff.get(reverse("donations:donor_list")).content.decode()
    assert "9:00–11:00<br>14:00–16:00" in page
    staff.post(reverse("donations:donor_edit", args=["D09"]), shop())
    made.refresh_from_db()
    assert (made.pause, made.hours) == (None, ((dt.time(9), dt.time(16)),))


@pytest.mark.django_db
@pytest.mark.sqlite
def test_a_venue_is_not_asked_for_a_pause(staff: Client):
    form = staff.get(reverse("sites:place_new")).context["form"]
    assert "pause_from" not in form.fields
    assert "pause_from" in staff.get(reverse("partners:partner_new")).context["form"].fields
    site = SiteFactory.create(kind="depot")
    assert staff.get(reverse("sites:place_edit", args=[site.code])).status_code == 200
    assert DonorFactory.create().site.pause is None
