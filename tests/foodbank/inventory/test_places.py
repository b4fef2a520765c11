"""Places, their zones and the outside ends of the ledger (D3, D11)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from foodbank.catalog.models import Zone
from foodbank.core.errors import Refusal
from foodbank.inventory.models import Place, PlaceKind
from foodbank.inventory.services.places import ensure_counterpart, ensure_place, ensure_vehicle_places
from tests.factories import PlaceFactory, SiteFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor():
    return UserFactory.create()


def test_a_place_is_made_once_and_keeps_its_zone(actor):
    rack = ensure_place(code="C-02", kind=PlaceKind.STORAGE, zone=Zone.CHILLED, actor=actor)
    assert ensure_place(code="C-02", kind=PlaceKind.STORAGE, zone=Zone.CHILLED, actor=actor) == rack
    for kind, zone in ((PlaceKind.STORAGE, Zone.AMBIENT), (PlaceKind.VEHICLE, Zone.CHILLED)):
        with pytest.raises(Refusal) as refused:
            ensure_place(code="C-02", kind=kind, zone=zone, actor=actor)
        assert refused.value.code == "inventory.place_differs"


def test_a_place_of_ours_has_a_zone(actor):
    with pytest.raises(Refusal) as refused:
        ensure_place(code="X-01", kind=PlaceKind.STORAGE, actor=actor)
    assert refused.value.code == "inventory.place_without_zone"
    with pytest.raises(IntegrityError), transaction.atomic():
        PlaceFactory.create(zone="")


def test_a_vehicle_is_one_place_per_zone(actor):
    places = ensure_vehicle_places(vehicle_code="VAN1", actor=actor)
    assert {zone: place.code for zone, place in places.items()} == {
        "ambient": "VAN1/ambient",
        "chilled": "VAN1/chilled",
        "frozen": "VAN1/frozen",
    }
    assert all(place.inside and place.kind == PlaceKind.VEHICLE for place in places.values())
    ensure_vehicle_places(vehicle_code="VAN1", actor=actor)
    assert Place.objects.count() == 3


def test_the_other_end_names_the_organisation(actor):
    site = SiteFactory.create(code="P001")
    assert ensure_counterpart(kind=PlaceKind.RECIPIENT, site=site, actor=actor).code == "RECIPIENT/P001"
    everyone = ensure_counterpart(kind=PlaceKind.RECIPIENT, actor=actor)
    assert (everyone.code, everyone.inside) == ("RECIPIENT", False)
    with pytest.raises(ValueError, match="inside"):
        ensure_counterpart(kind=PlaceKind.STORAGE, actor=actor)
