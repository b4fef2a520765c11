"""Where somebody begins, what the menu shows them, and rows narrowed to their places."""

from __future__ import annotations

import re

import pytest
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.test import Client, RequestFactory
from django.urls import reverse

from foodbank.accounts.access import access_of_user, narrowed
from foodbank.accounts.models import Role, User
from foodbank.accounts.start import FIRST_PAGES, start_page
from foodbank.core.templatetags.navigation import MENU
from foodbank.sites.models import Site, SiteKind
from tests.factories import PlaceFactory, RoleGrantFactory, SiteFactory, UserFactory
from tests.foodbank.accounts.access.table import person

pytestmark = pytest.mark.django_db


def links(client: Client, route: str) -> list[str]:
    nav = re.search(r'<nav class="site-nav".*?</nav>', client.get(reverse(route)).content.decode(), re.DOTALL)
    return re.findall(r'href="([^"]+)"', nav[0]) if nav else []


@pytest.mark.parametrize(("role", "route"), FIRST_PAGES, ids=[str(role) for role, _ in FIRST_PAGES])
def test_everybody_begins_on_the_page_of_their_work_and_may_open_it(client: Client, role: Role, route: str):
    who = person(role)
    assert start_page(access_of_user(who.user)) == reverse(route)
    client.force_login(who.user)
    assert client.get("/")["Location"] == reverse(route)
    assert client.get(reverse(route), follow=True).status_code == 200


def test_without_a_role_one_begins_at_ones_account_which_says_what_to_do(client: Client):
    client.force_login(UserFactory.create(roles=[]))
    page = client.get("/", follow=True)
    assert page.request["PATH_INFO"] == reverse("accounts:me")
    assert reverse("accounts:join") in page.content.decode()


def test_strangers_are_asked_to_sign_in_and_come_back(client: Client):
    assert client.get("/")["Location"] == f"{reverse('accounts:login')}?next=/"


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.DRIVER, Role.RECEPTION, Role.PARTNER, Role.REGISTRAR, None], ids=str)
def test_the_menu_shows_what_the_role_opens_and_nothing_of_the_desk(client: Client, role: Role | None):
    who = person(role)
    client.force_login(who.user)
    shown = links(client, "accounts:me")
    assert shown == [reverse(item.route) for item in MENU if role in item.roles]
    for address in shown:
        assert client.get(address, follow=True).status_code == 200, address


def test_the_coordinator_sees_the_desk_and_on_the_phones_pages_only_those(client: Client):
    SiteFactory.create(kind=SiteKind.DEPOT)
    client.force_login(UserFactory.create())
    desk = links(client, "catalog:item_list")
    assert reverse("accounts:people") in desk
    assert reverse("warehouse:home") in desk
    assert reverse("portal:home") not in desk
    for address in desk:
        assert client.get(address, follow=True).status_code == 200, address
    hand = links(client, "warehouse:home")
    assert hand == [reverse("dispatch:today"), *(reverse(item.route) for item in MENU if item.hand)]


def test_every_entry_of_the_menu_is_a_page():
    assert [reverse(item.route) for item in MENU]


def test_rows_of_other_places_are_not_there():
    mine, other = SiteFactory.create(kind=SiteKind.DEPOT), SiteFactory.create(kind=SiteKind.DEPOT)
    user = UserFactory.create(roles=[])
    RoleGrantFactory.create(user=user, role=Role.WAREHOUSE, site=mine)
    places = [PlaceFactory.create(site=site) for site in (mine, other)]
    request = RequestFactory().get("/")

    def seen(by: User, role: Role) -> set[int]:
        request.user = by
        request.__dict__.pop("_access", None)
        rows = narrowed(request, role, type(places[0]).objects.filter(pk__in=[one.pk for one in places]))
        return set(rows.values_list("site", flat=True))

    assert seen(user, Role.WAREHOUSE) == {mine.pk}
    assert seen(user, Role.DRIVER) == set()
    assert seen(UserFactory.create(), Role.WAREHOUSE) == {mine.pk, other.pk}  # a coordinator
    assert seen(UserFactory.create(roles=[Role.WAREHOUSE]), Role.WAREHOUSE) == {mine.pk, other.pk}  # at every place
    request.user = user
    request.__dict__.pop("_access", None)
    assert get_object_or_404(narrowed(request, Role.WAREHOUSE, Site.objects.all(), site="pk"), pk=mine.pk) == mine
    with pytest.raises(Http404):
        get_object_or_404(narrowed(request, Role.WAREHOUSE, Site.objects.all(), site="pk"), pk=other.pk)
