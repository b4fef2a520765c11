from __future__ import annotations

import datetime as dt
import re
from io import BytesIO

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from foodbank.core.dates import today
from foodbank.inventory.services.holds import hold_lot
from foodbank.labels.codes import make_code
from tests.factories import ItemFactory, LotFactory, SiteFactory, UserFactory, allergen, stocked

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


def page_of(client: Client, code: str):
    answer = client.get(reverse("inventory:code", args=[code]))
    return answer.status_code, answer.content.decode()


def test_a_stranger_learns_where_to_bring_it_and_nothing_else(client: Client):
    SiteFactory.create(code="W01", name="見本の倉庫", phone="000-000-0000")
    lot, place = stocked(12, item=ItemFactory.create(name="ひみつの牛乳"))
    status, page = page_of(client, lot.code)
    assert status == 200
    assert "見本の倉庫" in page
    assert "000-000-0000" in page
    assert f"{lot.code[:4]} {lot.code[4:]}" in page  # in two groups, as one reads it aloud
    for secret in ("ひみつの牛乳", place.code, "12 点", lot.donor_site.name, "あと"):
        assert secret not in page.replace(lot.code, ""), secret


def test_a_stranger_cannot_tell_which_codes_exist(client: Client):
    lot, _place = stocked(1)
    free = make_code(987_654)
    _, one = page_of(client, lot.code)
    _, other = page_of(client, free)
    assert _without(one, lot.code) == _without(other, free)


def _without(page: str, code: str) -> str:
    for part in (code, f"{code[:4]} {code[4:]}"):
        page = page.replace(part, "")
    return re.sub(r"[A-Za-z0-9]{64}", "token", page)  # made anew for each page


def test_staff_see_the_lot(staff: Client):
    item = ItemFactory.create(name="見本の牛乳")
    lot, place = stocked(12, item=item, last_day=today() + dt.timedelta(days=4))
    lot.allergens.set([allergen("乳"), allergen("卵")])
    status, page = page_of(staff, lot.code)
    assert status == 200
    for shown in ("見本の牛乳", "乳・卵", "賞味期限", "あと 4 日", "冷蔵", place.code, "使えます", lot.donor_site.name):
        assert shown in page, shown
    assert page.index("アレルゲン") < page.index("賞味期限")  # allergens come first


@pytest.mark.parametrize(("days", "word"), [(0, "今日まで"), (1, "明日まで"), (-1, "期限切れ お渡しできません")])
def test_dates_that_matter_are_said_loudly(staff: Client, days: int, word: str):
    lot, _place = stocked(1, last_day=today() + dt.timedelta(days=days))
    _, page = page_of(staff, lot.code)
    assert f'<p class="word">{word}</p>' in page


def test_a_held_lot_says_so_and_why(staff: Client):
    lot, _place = stocked(1)
    hold_lot(lot=lot, reason="温度の記録がない", actor=UserFactory.create())
    _, page = page_of(staff, lot.code)
    assert "保留中 使わないでください" in page
    assert "温度の記録がない" in page


def test_a_lot_that_is_gone_says_so(staff: Client):
    _, page = page_of(staff, LotFactory.create().code)
    assert "在庫はありません" in page


def test_unknown_allergens_are_never_silent(staff: Client):
    lot, _place = stocked(1, allergens_stated=False)
    _, page = page_of(staff, lot.code)
    assert "不明" in page


def test_small_letters_spaces_and_look_alikes_are_put_right(staff: Client):
    lot, _place = stocked(1)
    assert page_of(staff, lot.code.lower())[0] == 200
    assert page_of(staff, f"{lot.code[:4]} {lot.code[4:]}")[0] == 200


@pytest.mark.parametrize("typed", ["L0000000", "hello", "L123", "../../etc"])
def test_what_is_no_code_is_answered_with_what_to_check(client: Client, typed: str):
    answer = client.get(f"/q/{typed}")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "お確かめください" in page or "もう一度" in page


def test_a_right_code_of_no_lot_is_not_found_for_staff(staff: Client):
    status, page = page_of(staff, make_code(987_654))
    assert status == 404
    assert "見つかりません" in page


def test_a_code_is_typed_where_no_camera_is(staff: Client):
    lot, _place = stocked(1)
    answer = staff.get(reverse("inventory:find"), {"code": lot.code.lower()})
    assert answer["Location"] == reverse("inventory:code", args=[lot.code])
    wrong = staff.get(reverse("inventory:find"), {"code": "abc"})
    assert wrong.status_code == 404
    assert 'aria-invalid="true"' in wrong.content.decode()


def test_the_labels_of_a_day_as_pdf(staff: Client):
    for _ in range(3):
        stocked(2)
    answer = staff.get(reverse("inventory:labels_pdf", args=[today()]))
    assert answer["Content-Type"] == "application/pdf"
    document = pypdfium2.PdfDocument(BytesIO(b"".join(answer.streaming_content)))
    assert len(document) == 1  # three labels on a sheet of 24


def test_a_day_without_stock_says_so_instead_of_an_empty_sheet(staff: Client):
    answer = staff.get(reverse("inventory:labels_pdf", args=[today()]), follow=True)
    assert "印刷するラベルはありません" in answer.content.decode()
