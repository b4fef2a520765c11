from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from foodbank.accounts.models import User
from foodbank.donations.models import Offer
from foodbank.inventory.models import Lot
from foodbank.sites.models import Site
from logistics.dayfiles.models import ImportedDay, Upload
from tests.factories import UserFactory
from tests.logistics.dayfiles.a_day import DAY, FILES, bring_in, files, with_line, with_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory())
    return client


def send(client: Client, given: dict[str, bytes], day: dt.date = DAY) -> Any:
    chosen = [SimpleUploadedFile(name, data) for name, data in given.items()]
    return client.post(reverse("dayfiles:upload"), {"day": str(day), "chosen": chosen}, follow=True)


def confirm(client: Client, shown: Any, **more: str) -> Any:
    page = shown.content.decode()
    values = dict(re.findall(r'<input type="hidden" name="(fingerprint|replace)" value="([^"]+)"', page))
    return client.post(shown.redirect_chain[-1][0], values | more)


def test_the_form(staff: Client):
    page = staff.get(reverse("dayfiles:upload"), {"day": "2026-12-05"})
    assert page.status_code == 200
    assert 'value="2026-12-05"' in page.content.decode()


def test_looking_changes_nothing_and_confirming_brings_the_day_in(staff: Client):
    shown = send(staff, files())
    assert shown.status_code == 200
    assert not Site.objects.exists()
    done = confirm(staff, shown)
    assert (done.status_code, done["Location"]) == (302, reverse("dispatch:day", args=[DAY]))
    assert Lot.objects.count() == 3
    assert ImportedDay.objects.get().actor.is_staff
    assert not Upload.objects.exists()


def test_the_preview_counts_what_would_change(staff: Client):
    bring_in()
    shown = send(
        staff,
        files(sites=with_line("sites", 3, "D001,新しい名前(例),donor,34.33,134.00,高松市見本町2,08:00,21:00")),
        day=DAY.replace(day=6),
    )
    page = shown.context["page"]
    counts = {file.name: file.counts for file in page.files}
    assert counts["sites.csv"] == (0, 1, 5, 0)
    assert counts["items.csv"] == (0, 0, 4, 0)
    assert counts["stock.csv"] == (3, 0, 0, 0)
    assert "みほん青果店(例) から 新しい名前(例) へ" in shown.content.decode()


def test_problems_are_a_table(staff: Client):
    shown = send(staff, files(orders=with_row("orders", "O9,P9,rice,x,1,,10:00,11:00")))
    text = shown.content.decode()
    assert [(one.file, one.line, one.column) for one in shown.context["page"].problems] == [
        ("orders.csv", 4, "partner_code"),
        ("orders.csv", 4, "quantity_kg"),
    ]
    assert "「x」は数ではありません。" in text
    assert "is not a number." in text
    assert 'name="fingerprint"' not in text


def test_one_file_of_offers(staff: Client):
    bring_in()
    shown = send(staff, {"お店から.csv": with_row("donations", "D002,9520000000110,2,30,09:00,10:00").encode("cp932")})
    [file] = shown.context["page"].files
    assert file.counts == (1, 0, 3, 0)
    assert confirm(staff, shown).status_code == 302
    assert Offer.objects.count() == 4


def test_the_same_again_has_nothing_to_confirm(staff: Client):
    bring_in()
    for given in (files(), {"donations.csv": FILES["donations.csv"].encode()}):
        shown = send(staff, given)
        assert shown.context["page"].nothing_to_do
        assert confirm(staff, shown).status_code == 409


def test_replacing_is_asked_for(staff: Client):
    bring_in()
    shown = send(staff, files(stock=with_line("stock", 2, "9520000000042,12,3,C-02")))
    assert shown.context["page"].replaces
    assert confirm(staff, shown, replace="").status_code == 409
    assert confirm(staff, shown).status_code == 302
    assert sorted(
        Lot.objects.filter(balances__inside=True, balances__quantity__gt=0).values_list("balances__quantity", flat=True)
    ) == [5, 10, 12]


def test_what_changed_since_it_was_shown_is_not_applied(staff: Client):
    shown = send(staff, files())
    bring_in(day=DAY.replace(day=6))  # now the masters are no longer new
    answer = confirm(staff, shown)
    assert answer.status_code == 409
    assert "確認の後でデータが変わりました" in answer.content.decode()
    assert not ImportedDay.objects.filter(date=DAY).exists()


@pytest.mark.parametrize("fingerprint", ["", "x", "W10:abc:def"])
def test_a_made_up_fingerprint_applies_nothing(staff: Client, fingerprint: str):
    shown = send(staff, files())
    assert confirm(staff, shown, fingerprint=fingerprint).status_code == 409
    assert not Site.objects.exists()


def test_the_fingerprint_of_another_upload_applies_nothing(staff: Client):
    first, second = send(staff, files()), send(staff, files())
    values = dict(re.findall(r'name="(fingerprint)" value="([^"]+)"', first.content.decode()))
    assert staff.post(second.redirect_chain[-1][0], values).status_code == 409


def test_an_upload_is_its_senders_alone(staff: Client):
    shown = send(staff, files())
    other = Client()
    other.force_login(UserFactory())
    address = shown.redirect_chain[-1][0]
    assert other.get(address).status_code == 404
    assert other.post(address, {"fingerprint": "x"}).status_code == 404


@pytest.mark.parametrize("name", ["upload", "preview"])
def test_staff_only(client: Client, name: str):
    address = reverse(f"dayfiles:{name}", args=[uuid.uuid4()] if name == "preview" else [])
    assert client.get(address).status_code == 302
    client.force_login(User.objects.create_user("visitor"))
    assert client.get(address).status_code == 403


@pytest.mark.parametrize(
    ("values", "field"),
    [({"day": "2026-12-05"}, "chosen"), ({"day": "2026-13-05", "chosen": SimpleUploadedFile("a.csv", b"x")}, "day")],
)
def test_an_incomplete_form_says_what_is_missing(staff: Client, values: dict[str, Any], field: str):
    page = staff.post(reverse("dayfiles:upload"), values)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]


def test_the_same_name_twice(staff: Client):
    chosen = [SimpleUploadedFile("a.csv", b"x"), SimpleUploadedFile("a.csv", b"y")]
    assert staff.post(reverse("dayfiles:upload"), {"day": "2026-12-05", "chosen": chosen}).status_code == 422


def test_an_excel_file_is_named(staff: Client):
    shown = send(staff, {"提供.xlsx": b"PK\x03\x04rest"})
    assert "これはExcelファイル" in shown.content.decode()


def test_old_uploads_go(staff: Client):
    send(staff, files())
    Upload.objects.update(created_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    send(staff, files())
    assert Upload.objects.count() == 1


def test_the_preview_asks_as_often_for_a_long_file(staff: Client, django_assert_max_num_queries: Any):
    many = FILES["donations.csv"] + "".join(f"D001,9520000000165,{n},5,10:00,{11 + n // 60}:{n % 60:02}\n" for n in range(1, 400))
    address = send(staff, files(donations=many)).redirect_chain[-1][0]
    with django_assert_max_num_queries(40):
        assert staff.get(address).status_code == 200
