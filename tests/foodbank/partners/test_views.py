from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from foodbank.core.dates import today
from foodbank.partners.models import ClosedDay, Order, OrderLine, OrderStatus, Partner, PartnerKey
from foodbank.partners.selectors import order_rules
from foodbank.partners.services.orders import change_order
from tests.factories import ItemFactory, PartnerFactory, UserFactory, allergen, an_order, category, order_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


def order(partner: Partner, **changes: object) -> dict[str, object]:
    return {
        "partner": partner.pk,
        "delivery_date": today().isoformat(),
        "window_from": "10:00",
        "window_until": "12:00",
        "children": "25",
        "excluded_allergens": [allergen("卵").pk],
        "kg_bread": "12.5",
    } | changes


@pytest.fixture(autouse=True)
def _categories():
    category("bread")
    category("rice")


def test_a_partner_is_entered(staff: Client):
    values = {
        "code": "P901", "name": "ひだまり食堂（例）", "latitude": "34.34", "longitude": "134.05", "opens": "10:00", "closes": "20:00",
        "active": "on", "kind": "cafeteria", "health_notified_on": "2026-04-01", "agreement_from": "2026-04-01",
    }  # fmt: skip
    assert staff.post(reverse("partners:partner_new"), values).status_code == 302
    partner = Partner.objects.select_related("site").get()
    assert (partner.site.code, partner.health_notified_on) == ("P901", dt.date(2026, 4, 1))
    assert partner.site.agreements.count() == 1


def test_an_order_is_entered_in_kilograms_by_category_and_units_by_product(staff: Client):
    item = ItemFactory.create(unit_weight_g=1000)
    answer = staff.post(reverse("partners:order_new"), order(PartnerFactory.create(), new_gtin=item.gtin, new_units="4"))
    assert answer.status_code == 302
    made = Order.objects.get()
    assert (made.ref, made.children, made.source) == ("H001", 25, "staff")
    assert {(line.ref, line.asked_g) for line in made.lines.select_related("category", "item")} == {
        ("H001/bread", 12_500),
        (f"H001/{item.gtin}", 4_000),  # 4 × 1000 g
    }
    assert [one.name for one in made.excluded_allergens.all()] == ["卵"]
    listed = staff.get(reverse("partners:order_list")).context["listing"].rows[0]
    assert listed.asked_g == 16_500


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(staff: Client):
    partner = PartnerFactory.create()
    mine = an_order(partner)
    page = reverse("partners:order_edit", args=[mine.pk])
    assert f'name="version" value="{mine.version}"' in staff.get(page).content.decode()
    change_order(order=mine, data=order_data(partner, children=41), actor=UserFactory.create())  # from 1 to 2
    answer = staff.post(page, order(partner, version="1"))
    assert (answer.status_code, "その間に変更されています" in answer.content.decode()) == (422, True)
    mine.refresh_from_db()
    assert (mine.children, mine.version) == (41, 2)
    assert staff.post(page, order(partner, version="2")).status_code == 302


def test_a_product_that_is_no_longer_in_use_cannot_be_ordered(staff: Client):
    old = ItemFactory.create(active=False)
    answer = staff.post(reverse("partners:order_new"), order(PartnerFactory.create(), new_gtin=old.gtin, new_units="4"))
    assert "new_gtin" in answer.context["form"].errors  # programs are told the same
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"window_until": "9:00"}, "window_until"),
        ({"new_gtin": "9520000000011", "new_units": "3"}, "new_gtin"),  # not registered
        ({"new_units": "3"}, "new_gtin"),
        ({"kg_bread": "-1"}, "kg_bread"),
        ({"kg_bread": ""}, "__all__"),  # nothing wanted
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(staff: Client, changes: dict[str, object], field: str):
    answer = staff.post(reverse("partners:order_new"), order(PartnerFactory.create(), **changes))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Order.objects.exists()


def test_an_order_is_corrected_line_by_line(staff: Client):
    item = ItemFactory.create()
    values = order(PartnerFactory.create(), new_gtin=item.gtin, new_units="4")
    staff.post(reverse("partners:order_new"), values)
    made = Order.objects.get()
    bread = OrderLine.objects.get(category__code="bread").pk
    changed = order(made.partner, kg_bread="3", kg_rice="5") | {f"units_{item.gtin}": "0"}
    answer = staff.post(reverse("partners:order_edit", args=[made.pk]), changed)
    assert answer.status_code == 302
    assert {line.ref: line.asked_g for line in made.lines.all()} == {"H001/bread": 3_000, "H001/rice": 5_000}
    assert OrderLine.objects.get(category__code="bread").pk == bread  # plans that name the line still find it


def test_the_same_page_sent_twice_orders_once(staff: Client):
    """The back button and a second press; a page filled in anew, or changed, is another order."""
    fresh = staff.get(reverse("partners:order_new")).context["once"]
    values = order(PartnerFactory.create(), once=fresh)
    first = staff.post(reverse("partners:order_new"), values)
    again = staff.post(reverse("partners:order_new"), values, follow=True)
    assert first.status_code == 302
    assert "二重には登録していません" in again.content.decode()
    assert Order.objects.count() == 1
    staff.post(reverse("partners:order_new"), values | {"children": "31"})
    staff.post(reverse("partners:order_new"), values | {"once": staff.get(reverse("partners:order_new")).context["once"]})
    assert Order.objects.count() == 3


def test_an_order_of_a_partner_no_longer_in_use_is_corrected(staff: Client):
    staff.post(reverse("partners:order_new"), order(PartnerFactory.create()))
    made = Order.objects.select_related("partner__site").get()
    type(made.partner.site).objects.update(active=False)
    assert staff.post(reverse("partners:order_edit", args=[made.pk]), order(made.partner, children="99")).status_code == 302
    made.refresh_from_db()
    assert made.children == 99


def test_a_cancelled_order_stays_as_it_was(staff: Client):
    staff.post(reverse("partners:order_new"), order(PartnerFactory.create()))
    made = Order.objects.get()
    staff.post(reverse("partners:order_cancel", args=[made.pk]))
    made.refresh_from_db()
    assert made.status == OrderStatus.CANCELLED
    assert staff.post(reverse("partners:order_edit", args=[made.pk]), order(made.partner, children="99")).status_code == 422
    made.refresh_from_db()
    assert made.children == 25


@pytest.mark.parametrize("route", ["partners:partner_list", "partners:order_list"])
def test_lists_ask_as_often_for_sixty_rows_as_for_one(staff: Client, route: str, django_assert_num_queries):
    def enter() -> None:
        staff.post(reverse("partners:order_new"), order(PartnerFactory.create()))

    enter()
    staff.get(reverse(route))  # takes away the waiting messages
    with django_assert_num_queries(5):  # session, user, roles, count, rows
        staff.get(reverse(route))
    for _ in range(60):
        enter()
    staff.get(reverse(route))
    with django_assert_num_queries(5):
        assert len(staff.get(reverse(route)).context["listing"].rows) == 50


def test_the_same_as_last_time_is_copied_on_the_telephone(staff: Client):
    partner = PartnerFactory.create()
    item = ItemFactory.create()
    staff.post(reverse("partners:order_new"), order(partner, new_gtin=item.gtin, new_units="4"))
    answer = staff.get(reverse("partners:order_new"), {"partner": partner.pk, "day": "2026-12-05"})
    initial = answer.context["form"].initial
    assert (initial["partner"], initial["kg_bread"], initial[f"units_{item.gtin}"]) == (partner, 12_500, 4)
    assert initial["delivery_date"] == dt.date(2026, 12, 5)
    stranger = PartnerFactory.create()
    assert "注文はまだありません" in staff.get(reverse("partners:order_new"), {"partner": stranger.pk}).content.decode()
    for nonsense in ("x", "999999", "٣", "9" * 30):
        assert staff.get(reverse("partners:order_new"), {"partner": nonsense}).status_code == 200


def test_a_correction_by_staff_keeps_the_partners_own_number(staff: Client):
    made = an_order(external_ref="A-17", delivery_date=today())
    assert staff.post(reverse("partners:order_edit", args=[made.pk]), order(made.partner)).status_code == 302
    made.refresh_from_db()
    assert (made.external_ref, made.children, made.version) == ("A-17", 25, 2)


def test_cut_off_and_days_off_are_changed(staff: Client):
    assert staff.post(reverse("partners:rules"), {"cut_off": "12:30", "days_before": "2", "days_ahead": "30"}).status_code == 302
    rules = order_rules()
    assert (rules.cut_off, rules.days_before, rules.days_ahead) == (dt.time(12, 30), 2, 30)
    wrong = staff.post(reverse("partners:rules"), {"cut_off": "12:30", "days_before": "99", "days_ahead": "30"})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (422, {"days_before", "days_ahead"})
    day = today() + dt.timedelta(days=5)
    staff.post(reverse("partners:day_close"), {"day": day.isoformat(), "reason": "棚卸"})
    assert "棚卸" in staff.get(reverse("partners:rules")).content.decode()
    closed = ClosedDay.objects.get(day=day)
    staff.post(reverse("partners:day_open", args=[closed.pk]))
    assert not ClosedDay.objects.exists()


def test_a_key_is_issued_for_a_partner_and_shown_once(staff: Client):
    partner = PartnerFactory.create()
    address = reverse("partners:keys", args=[partner.site.code])
    issued = staff.post(address, {"name": "注文システム", "scope": "read"}).context["issued"]
    assert (issued.key.partner, issued.key.scope) == (partner, "read")
    assert issued.secret not in staff.get(address).content.decode()
    assert staff.post(address, {"name": "", "scope": "read"}).status_code == 422
    staff.post(reverse("partners:key_revoke", args=[partner.site.code, issued.key.pk]))
    assert staff.post(reverse("partners:key_revoke", args=[PartnerFactory.create().site.code, issued.key.pk])).status_code == 404
    assert PartnerKey.objects.get().revoked_at is not None
