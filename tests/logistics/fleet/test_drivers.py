"""Who may be given a vehicle for a day."""

from __future__ import annotations

import datetime as dt

import pytest

from foodbank.accounts.models import Role
from foodbank.core.dates import today
from foodbank.core.errors import FieldsRefused, Refusal
from logistics.fleet.forms import ShiftForm
from logistics.fleet.models import Shift
from logistics.fleet.selectors import drivers_on
from logistics.fleet.services.vehicles import set_shift, take_shift
from tests.factories import RoleGrantFactory, UserFactory
from tests.factories.driving import Drive

pytestmark = pytest.mark.django_db


def shift(drive: Drive, day: dt.date, **fields: object) -> Shift:
    return set_shift(
        vehicle=drive.vehicle, day=day, start=dt.time(8), end=dt.time(17), break_minutes=45, actor=drive.actor, **fields
    )


def test_only_people_who_may_drive_that_day_are_assigned() -> None:
    drive = Drive()
    driver, other = UserFactory.create(roles=[], is_staff=False), UserFactory.create(roles=[Role.WAREHOUSE], is_staff=False)
    RoleGrantFactory.create(user=driver, role=Role.DRIVER, valid_from=today(), valid_until=today())
    assert shift(drive, today(), driver=driver).driver == driver
    tomorrow = today() + dt.timedelta(days=1)
    for who, day in ((driver, tomorrow), (other, today())):
        with pytest.raises(FieldsRefused) as refused:
            shift(drive, day, driver=who)
        assert set(refused.value.fields) == {"driver"}
    assert Shift.objects.get(vehicle=drive.vehicle, day=today()).driver == driver


def test_the_form_offers_those_who_drive_or_will_and_coordinators() -> None:
    coordinator = UserFactory.create()
    driver = UserFactory.create(roles=[Role.DRIVER], is_staff=False)
    UserFactory.create(roles=[Role.RECEPTION], is_staff=False)
    gone = UserFactory.create(roles=[], is_staff=False)
    RoleGrantFactory.create(
        user=gone, role=Role.DRIVER, valid_from=dt.date(2020, 1, 1), valid_until=today() - dt.timedelta(days=1)
    )
    UserFactory.create(roles=[Role.DRIVER], is_staff=False, is_active=False)
    assert set(ShiftForm().fields["driver"].queryset) == set(drivers_on(today())) == {coordinator, driver}


def test_a_vehicle_that_somebody_has_is_not_taken() -> None:
    drive, one, two = Drive(), UserFactory.create(), UserFactory.create()
    assert take_shift(shift=drive.shift, driver=one).driver == one
    assert take_shift(shift=drive.shift, driver=one).driver == one
    with pytest.raises(Refusal) as refused:
        take_shift(shift=drive.shift, driver=two)
    assert refused.value.code == "shift.taken"
