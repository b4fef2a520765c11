from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from foodbank.core.dates import today
from logistics.fleet.models import Permit, Shift, Vehicle
from tests.factories import SiteFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


def vehicle(**changes: object) -> dict[str, object]:
    depot = changes.pop("depot", None) or SiteFactory.create().pk
    return {
        "code": "VAN9", "name": "見本の保冷車", "kind": "van", "depot": depot, "ambient_g": "350", "chilled_g": "200.5", "frozen_g": "0",
        "active": "on",
    } | changes  # fmt: skip


def kitchen_car() -> Vehicle:
    return Vehicle.objects.create(code="CAR9", name="見本カー", kind="kitchen_car", depot=SiteFactory.create(), ambient_g=100_000)


def test_a_vehicle_is_entered_in_kilograms(staff: Client):
    assert staff.post(reverse("fleet:vehicle_new"), vehicle()).status_code == 302
    made = Vehicle.objects.get()
    assert (made.code, made.ambient_g, made.chilled_g, made.frozen_g) == ("VAN9", 350_000, 200_500, 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "VAN/9"}, "code"),  # its route sheet is a file of that name
        ({"name": ""}, "name"),
        ({"ambient_g": "0", "chilled_g": "0"}, "ambient_g"),
        ({"chilled_g": "1.2345"}, "chilled_g"),
    ],
)
def test_what_is_wrong_stands_at_its_field(staff: Client, changes: dict[str, object], field: str):
    answer = staff.post(reverse("fleet:vehicle_new"), vehicle(**changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Vehicle.objects.exists()


def test_a_vehicle_is_corrected(staff: Client):
    staff.post(reverse("fleet:vehicle_new"), vehicle())
    made = Vehicle.objects.get()
    answer = staff.post(reverse("fleet:vehicle_edit", args=["VAN9"]), vehicle(depot=made.depot_id, ambient_g="400"))
    assert answer.status_code == 302
    made.refresh_from_db()
    assert made.ambient_g == 400_000


def test_a_kitchen_car_needs_class_and_area_in_its_permit(staff: Client):
    kitchen_car()
    address = reverse("fleet:permit_new", args=["CAR9"])
    answer = staff.post(address, {"permit-valid_from": "2026-12-01"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"permit_class", "area"}
    assert not Permit.objects.exists()
    done = staff.post(address, {"permit-valid_from": "2026-12-01", "permit-permit_class": "80L", "permit-area": "見本市"})
    assert done.status_code == 302
    assert Permit.objects.get().area == "見本市"


def test_a_shift_is_set_changed_and_removed(staff: Client):
    kitchen_car()
    address = reverse("fleet:shift_set", args=["CAR9"])
    values = {"shift-day": today().isoformat(), "shift-start": "8:30", "shift-end": "16:30", "shift-break_minutes": "45"}
    staff.post(address, values)
    staff.post(address, values | {"shift-end": "15:00"})
    shift = Shift.objects.get()
    assert (shift.start, shift.end) == (dt.time(8, 30), dt.time(15))
    assert staff.post(address, values | {"shift-end": "8:00"}).status_code == 422
    staff.post(reverse("fleet:shift_remove", args=["CAR9", shift.pk]))
    assert not Shift.objects.exists()


def test_the_list_asks_as_often_for_sixty_vehicles_as_for_one(staff: Client, django_assert_num_queries):
    kitchen_car()
    with django_assert_num_queries(5):  # session, user, roles, count, rows
        staff.get(reverse("fleet:vehicle_list"))
    depot = SiteFactory.create()
    Vehicle.objects.bulk_create(Vehicle(code=f"V{n}", name="見本", kind="van", depot=depot, ambient_g=1) for n in range(60))
    with django_assert_num_queries(5):
        assert len(staff.get(reverse("fleet:vehicle_list")).context["listing"].rows) == 50


@pytest.mark.parametrize(("height", "weight"), [("198", "3490"), ("", "")])
def test_height_and_weight_are_known_or_not(staff: Client, height: str, weight: str):
    depot = SiteFactory.create().pk
    staff.post(reverse("fleet:vehicle_new"), vehicle(depot=depot, height_cm="210", weight_kg="2500"))
    staff.post(reverse("fleet:vehicle_edit", args=["VAN9"]), vehicle(depot=depot, height_cm=height, weight_kg=weight))
    made = Vehicle.objects.get()
    assert (made.height_cm, made.weight_kg) == ((198, 3_490) if height else (None, None))


def test_what_a_vehicle_costs_is_entered_kept_and_taken_away(staff: Client):
    depot = SiteFactory.create().pk
    staff.post(reverse("fleet:vehicle_new"), vehicle(depot=depot, yen_per_km="18", yen_per_day="5500"))
    assert Vehicle.objects.values_list("yen_per_km", "yen_per_day").get() == (18, 5_500)
    form = staff.get(reverse("fleet:vehicle_edit", args=["VAN9"])).context["form"]
    assert (form["yen_per_km"].value(), form["yen_per_day"].value()) == (18, 5_500)
    staff.post(reverse("fleet:vehicle_edit", args=["VAN9"]), vehicle(depot=depot, yen_per_km="", yen_per_day="0"))
    assert Vehicle.objects.values_list("yen_per_km", "yen_per_day").get() == (0, 0)
    answer = staff.post(reverse("fleet:vehicle_edit", args=["VAN9"]), vehicle(depot=depot, yen_per_km="1001", yen_per_day="-1"))
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"yen_per_km", "yen_per_day"})


def test_metres_typed_for_centimetres_are_seen(staff: Client):
    answer = staff.post(reverse("fleet:vehicle_new"), vehicle(height_cm="2", weight_kg="3"))
    assert set(answer.context["form"].errors) == {"height_cm", "weight_kg"}


def test_a_volunteers_van_begins_and_ends_elsewhere(staff: Client):
    staff.post(reverse("fleet:vehicle_new"), vehicle())
    home = SiteFactory.create(name="見本の駐車場")
    values = {
        "shift-day": today(),
        "shift-start": "9:00",
        "shift-end": "15:00",
        "shift-break_minutes": "0",
        "shift-begins_at": home.pk,
    }
    assert staff.post(reverse("fleet:shift_set", args=["VAN9"]), values).status_code == 302
    assert (Shift.objects.get().begins_at, Shift.objects.get().ends_at) == (home, None)
    assert "見本の駐車場 → 拠点" in staff.get(reverse("fleet:vehicle_edit", args=["VAN9"])).content.decode()
    depot = Vehicle.objects.get().depot_id
    staff.post(reverse("fleet:shift_set", args=["VAN9"]), values | {"shift-begins_at": depot, "shift-ends_at": depot})
    assert (Shift.objects.get().begins_at, Shift.objects.get().ends_at) == (None, None)  # that is what empty means


def test_a_kitchen_car_comes_back_with_what_is_left(staff: Client):
    kitchen_car()
    values = {"shift-day": today(), "shift-start": "9:00", "shift-end": "15:00", "shift-break_minutes": "0"}
    answer = staff.post(reverse("fleet:shift_set", args=["CAR9"]), values | {"shift-ends_at": SiteFactory.create().pk})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["ends_at"]


def test_a_vehicle_may_have_a_limit_of_stops(staff: Client):
    staff.post(reverse("fleet:vehicle_new"), vehicle(max_stops="8"))
    assert Vehicle.objects.get().max_stops == 8
    assert list(staff.post(reverse("fleet:vehicle_new"), vehicle(code="VAN8", max_stops="0")).context["form"].errors) == [
        "max_stops"
    ]
