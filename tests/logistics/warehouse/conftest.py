"""A depot with a shelf, somebody who works there, and a vehicle that takes six of ten cartons to a partner today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from foodbank.accounts.models import Role, User
from foodbank.core.dates import today
from foodbank.core.device import uuid7
from foodbank.inventory.models import Balance, Lot, Place
from foodbank.sites.models import Site, SiteKind
from logistics.dispatch.models import Shipment
from tests.factories import ItemFactory, PartnerFactory, PlaceFactory, SiteFactory, UserFactory, stocked
from tests.factories.driving import Drive, an_order


@dataclass
class Depot:
    site: Site
    shelf: Place
    worker: User
    lot: Lot
    drive: Drive

    @property
    def shipment(self) -> Shipment:
        return self.drive.shipments[0]

    def units(self, code: str, lot: Lot | None = None) -> int:
        return sum(Balance.objects.filter(place__code=code, lot=lot or self.lot).values_list("quantity", flat=True))


@pytest.fixture
def depot(db: None) -> Depot:
    site = SiteFactory.create(code="W01", name="見本の倉庫", kind=SiteKind.DEPOT)
    shelf = PlaceFactory.create(code="C-01", site=site)
    item = ItemFactory.create(name="見本の牛乳", unit_weight_g=1000)
    lot, _place = stocked(10, place=shelf, item=item, last_day=today() + dt.timedelta(days=5))
    drive = Drive(depot=site)
    partner = PartnerFactory.create()
    drive.shelf(6, drive.stop(site), drive.stop(partner.site), lot=lot, place=shelf, order_line=an_order(partner))
    worker = UserFactory.create(is_staff=False, roles=[Role.WAREHOUSE], roles__at=site)
    return Depot(site, shelf, worker, lot, drive.published())


Sender = Callable[..., Any]


@pytest.fixture
def send(client: Client, depot: Depot) -> Sender:
    """``send(address, key=…, code=…)``: posts as our script does, with a number of its own unless one is given."""
    client.force_login(depot.worker)

    def post(address: str, *, key: str | None = None, **data: Any) -> Any:
        headers = {"Idempotency-Key": key or str(uuid7()), "Accept": "application/json"}
        return client.post(address, data, headers=headers)

    return post
