"""What a volunteer reads in place of a place's code."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from foodbank.catalog.models import Zone
from foodbank.inventory.models.places import Place, PlaceKind, picked_code, receiving_code
from foodbank.inventory.templatetags.places import place_word
from tests.factories import SiteFactory


@pytest.mark.parametrize(
    ("code", "kind", "ja", "en"),
    [
        ("C-03", PlaceKind.STORAGE, "C-03", "C-03"),
        ("C/03", PlaceKind.STORAGE, "C/03", "C/03"),  # a shelf may be called anything
        ("V01/chilled", PlaceKind.STORAGE, "V01 冷蔵", "V01 Chilled"),
        ("VAN1/chilled", PlaceKind.VEHICLE, "VAN1 冷蔵", "VAN1 Chilled"),
    ],
)
def test_places_inside(code: str, kind: PlaceKind, ja: str, en: str) -> None:
    place = Place(code=code, kind=kind, zone=Zone.CHILLED)
    assert place_word(place) == ja
    with override("en"):
        assert place_word(place) == en


@pytest.mark.parametrize("zone", Zone)
def test_where_goods_wait(zone: Zone) -> None:
    site = SiteFactory.build(code="W01")
    said = [place_word(Place(code=code(site, zone), kind=PlaceKind.STORAGE, zone=zone)) for code in (receiving_code, picked_code)]
    assert said == ["受入場所（あとでしまう）", "出荷待ち"]


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("SUPPLY/D002", PlaceKind.SUPPLY, "寄付者から"),
        ("DISCARD", PlaceKind.DISCARD, "廃棄"),
        ("X/in-", PlaceKind.RECIPIENT, "お渡し先"),
    ],
)
def test_places_outside(code: str, kind: PlaceKind, said: str) -> None:
    assert place_word(Place(code=code, kind=kind)) == said
