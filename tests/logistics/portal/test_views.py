"""A partner's own pages: the same rules as its programs, by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from foodbank.accounts.models import Role
from foodbank.core.dates import at, today
from foodbank.partners.models import Order, OrderSource, OrderStatus, Partner, PartnerKey
from foodbank.partners.services.keys import secret_hash
from foodbank.partners.services.orders import change_order
from foodbank.partners.services.rules import close_day
from logistics.dispatch.models import Delivery, DeliveryReceipt, Shipment
from tests.factories import (
    ItemFactory,
    PartnerFactory,
    PlaceFactory,
    RoleGrantFactory,
    SiteFactory,
    UserFactory,
    a_key,
    allergen,
    an_order,
    category,
    cut_off,
    order_data,
    stocked,
)
from tests.factories.deliveries import a_delivery, handed_over

pytestmark = pytest.mark.django_db
DAY = today() + dt.timedelta(days=3)


@pytest.fixture
def partner() -> Partner:
    for code in ("bread", "rice"):
        category(code)
    return PartnerFactory.create()


@pytest.fixture
def cook(client: Client, partner: Partner) -> Client:
    """Somebody of the partner, signed in."""
    client.force_login(UserFactory.create(is_staff=False, roles=[Role.PARTNER], roles__at=partner.site))
    return client


def page(partner: Partner, name: str, *more: object) -> str:
    return reverse(f"portal:{name}", args=[partner.site.code, *more])


def values(**changes: object) -> dict[str, object]:
    return {
        "delivery_date": DAY.isoformat(), "window_from": "10:00", "window_until": "12:00", "children": "25",
        "excluded_allergens": [allergen("卵").pk], "kg_bread": "12.5",
    } | changes  # fmt: skip


def test_whoever_works_for_one_partner_lands_on_its_page(cook: Client, partner: Partner):
    assert cook.get(reverse("portal:home"))["Location"] == page(partner, "overview")


def test_whoever_works_for_two_chooses(client: Client, partner: Partner):
    other = PartnerFactory.create()
    user = UserFactory.create(is_staff=False, roles=[Role.PARTNER], roles__at=partner.site)

    RoleGrantFactory.create(user=user, role=Role.PARTNER, site=other.site)
    client.force_login(user)
    shown = client.get(reverse("portal:home")).content.decode()
    assert partner.site.name in shown
    assert other.site.name in shown


def test_an_order_is_placed_changed_and_cancelled(cook: Client, partner: Partner):
    item = ItemFactory.create(unit_weight_g=500)
    answer = cook.post(page(partner, "order_new"), values(new_gtin=item.gtin, new_units="4"))
    assert answer["Location"] == page(partner, "overview")
    made = Order.objects.get()
    assert (made.partner, made.source, made.children) == (partner, OrderSource.PAGE, 25)
    assert {line.ref: line.asked_g for line in made.lines.all()} == {
        "H001/bread": 12_500,
        f"H001/{item.gtin}": 2_000,
    }  # 4 × 500 g
    changed = values(kg_bread="3", children="30", **{f"units_{item.gtin}": "6"})
    assert cook.post(page(partner, "order_edit", made.public_id), changed).status_code == 302
    assert {line.ref: line.asked_g for line in made.lines.all()} == {"H001/bread": 3_000, f"H001/{item.gtin}": 3_000}
    cook.post(page(partner, "order_cancel", made.public_id))
    made.refresh_from_db()
    assert (made.status, made.children) == (OrderStatus.CANCELLED, 30)


def test_what_the_food_bank_changed_meanwhile_is_not_overwritten(cook: Client, partner: Partner):
    mine = an_order(partner)
    edit = page(partner, "order_edit", mine.public_id)
    assert f'name="version" value="{mine.version}"' in cook.get(edit).content.decode()
    change_order(order=mine, data=order_data(partner, children=41), actor=UserFactory.create())  # from 1 to 2
    assert cook.post(edit, values(version="1")).status_code == 422
    mine.refresh_from_db()
    assert (mine.children, mine.version) == (41, 2)
    assert cook.post(edit, values(version="2")).status_code == 302


def test_nobody_orders_for_another_partner(cook: Client, partner: Partner):
    other = PartnerFactory.create()
    cook.post(page(partner, "order_new"), values(partner=other.pk))
    assert Order.objects.get().partner == partner
    theirs = an_order(other)
    assert cook.post(page(other, "order_new"), values()).status_code == 404
    assert cook.post(page(partner, "order_edit", theirs.public_id), values()).status_code == 404
    assert cook.post(page(partner, "order_cancel", theirs.public_id)).status_code == 404
    theirs.refresh_from_db()
    assert (theirs.status, theirs.version) == (OrderStatus.PLACED, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"delivery_date": (today() - dt.timedelta(days=1)).isoformat()}, "delivery_date"),
        ({"delivery_date": (today() + dt.timedelta(days=61)).isoformat()}, "delivery_date"),
        ({"window_from": "21:00", "window_until": "22:00"}, "window_from"),
        ({"kg_bread": ""}, "__all__"),
        ({"new_gtin": "9520000000011", "new_units": "1"}, "new_gtin"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(cook: Client, partner: Partner, changes, field):
    answer = cook.post(page(partner, "order_new"), values(**changes))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Order.objects.exists()


def test_after_the_cut_off_the_page_says_so_and_offers_nothing(cook: Client, partner: Partner):
    mine = an_order(partner)
    assert "変更する" in cook.get(page(partner, "order", mine.public_id)).content.decode()
    cut_off(4)  # midnight four days before: yesterday
    shown = cook.get(page(partner, "order", mine.public_id)).content.decode()
    assert "変更する" not in shown
    assert "締切を過ぎたため" in shown
    for answer in (
        cook.post(page(partner, "order_new"), values()),
        cook.post(page(partner, "order_edit", mine.public_id), values()),
    ):
        assert answer.status_code == 422
        assert "締切" in answer.content.decode()
    cook.post(page(partner, "order_cancel", mine.public_id))
    mine.refresh_from_db()
    assert (mine.status, mine.version) == (OrderStatus.PLACED, 1)


def test_the_last_order_is_copied_but_for_its_day(cook: Client, partner: Partner, monkeypatch: pytest.MonkeyPatch):
    noon = at(today(), dt.time(12))  # before the hour until which tomorrow can be ordered for
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)
    item = ItemFactory.create()
    cook.post(page(partner, "order_new"), values(new_gtin=item.gtin, new_units="4", note="裏口へ"))
    answer = cook.get(page(partner, "order_new") + "?like=last")
    shown = answer.context["form"].initial
    assert (shown["kg_bread"], shown[f"units_{item.gtin}"], shown["children"], shown["note"]) == (12_500, 4, 25, "裏口へ")
    assert shown["delivery_date"] == today() + dt.timedelta(days=1)  # the next that can be ordered for, not the old one's
    filled = {
        field.html_name: field.value()
        for field in answer.context["form"]
        if not field.field.disabled and field.value() is not None
    }
    filled |= {"excluded_allergens": [allergen("卵").pk], "delivery_date": DAY.isoformat()}
    assert cook.post(page(partner, "order_new"), filled).status_code == 302
    first, second = Order.objects.order_by("pk")
    assert [(line.asked_g, line.quantity) for line in first.lines.all()] == [
        (line.asked_g, line.quantity) for line in second.lines.all()
    ]


def test_goods_are_chosen_from_what_is_there(cook: Client, partner: Partner):
    item = ItemFactory.create(name="見本の牛乳")
    stocked(9, item=item, place=PlaceFactory.create(site=SiteFactory.create()))
    shown = cook.get(page(partner, "stock") + f"?date={DAY}").content.decode()
    assert "見本の牛乳" in shown
    form = cook.get(page(partner, "order_new") + f"?date={DAY}&item={item.gtin}&item=nonsense").context["form"]
    assert list(form.items) == [item.gtin]
    cook.post(page(partner, "order_new"), values(kg_bread="", **{f"units_{item.gtin}": "2"}))
    assert [(line.item, line.quantity) for line in Order.objects.get().lines.all()] == [(item, 2)]


def test_a_day_off_says_why_there_is_nothing(cook: Client, partner: Partner):
    close_day(day=DAY, reason="", actor=UserFactory.create())
    assert "お休みです" in cook.get(page(partner, "stock") + f"?date={DAY}").content.decode()


def test_what_comes_is_seen_and_confirmed_with_what_is_missing(cook: Client, partner: Partner):
    coming = a_delivery(partner, units=6)
    unit = Shipment.objects.get(drop_stop=coming.stop).unit
    assert page(partner, "delivery", coming.public_id) in cook.get(page(partner, "overview")).content.decode()
    assert cook.post(page(partner, "delivery", coming.public_id), {}).status_code == 422  # it has not come yet
    handed_over(coming)
    assert "受け取りを確認する" in cook.get(page(partner, "coming")).content.decode()
    too_many = cook.post(page(partner, "delivery", coming.public_id), {f"missing_{unit}": "4", f"damaged_{unit}": "3"})  # of 6
    assert too_many.status_code == 422
    assert not DeliveryReceipt.objects.exists()
    answer = cook.post(page(partner, "delivery", coming.public_id), {f"missing_{unit}": "1", f"damaged_{unit}": "", "note": "箱"})
    assert answer.status_code == 302
    receipt = DeliveryReceipt.objects.get()
    assert [(line.missing, line.damaged) for line in receipt.lines.all()] == [(1, 0)]
    assert "受け取りを確認する" not in cook.get(page(partner, "coming")).content.decode()


def test_the_part_that_is_live_shows_the_new_time(cook: Client, partner: Partner):
    coming = a_delivery(partner)
    Delivery.objects.update(eta=coming.eta + dt.timedelta(minutes=25))
    assert "10:25" in cook.get(page(partner, "coming")).content.decode()  # the stop is planned for 10:00


def test_a_key_is_shown_once_replaced_and_taken_back(cook: Client, partner: Partner):
    answer = cook.post(page(partner, "keys"), {"name": "注文システム", "scope": "order"})
    assert answer["Cache-Control"] == "no-store"
    first = answer.context["issued"]
    assert first.secret in answer.content.decode()
    assert PartnerKey.objects.get(secret_hash=secret_hash(first.secret)).partner == partner
    again = cook.get(page(partner, "keys"))
    assert first.secret not in again.content.decode()
    assert first.key.prefix in again.content.decode()
    until = (today() + dt.timedelta(days=2)).isoformat()
    second = cook.post(page(partner, "key_rotate", first.key.pk), {"old_until": until}).context["issued"]
    assert second.secret != first.secret
    old = PartnerKey.objects.get(pk=first.key.pk)
    assert old.expires_at.isoformat().startswith(
        (today() + dt.timedelta(days=2)).isoformat()
    )  # 15:00 UTC: the end of that day in Japan
    cook.post(page(partner, "key_revoke", second.key.pk))
    assert PartnerKey.objects.get(pk=second.key.pk).revoked_at is not None


def test_another_partners_key_is_not_there(cook: Client, partner: Partner):
    theirs, _ = a_key(PartnerFactory.create())
    assert cook.post(page(partner, "key_revoke", theirs.pk)).status_code == 404
    assert cook.post(page(partner, "key_rotate", theirs.pk), {"old_until": today().isoformat()}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


@pytest.mark.parametrize(("name", "queries"), [("overview", 24), ("orders", 12), ("coming", 14)])
def test_lists_ask_as_often_for_eight_as_for_two(
    cook: Client, partner: Partner, name: str, queries: int, django_assert_num_queries
):
    def ask() -> None:
        with django_assert_num_queries(queries):
            cook.get(page(partner, name))

    for days in (0, 1):
        a_delivery(partner, day=DAY + dt.timedelta(days=days))
    ask()
    for days in range(2, 8):
        a_delivery(partner, day=DAY + dt.timedelta(days=days))
    ask()
