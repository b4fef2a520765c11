"""Places in words, for those who do not know our codes."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

from foodbank.core.templatetags.words import word, zone_word
from foodbank.inventory.models.places import INSIDE, Place

register = template.Library()


@register.filter
def place_word(place: Place) -> str:
    """A shelf by its code, as it stands on its label: ``A-03``. Of a vehicle or a venue: ``VAN1 冷蔵``. Where goods wait, and what is
    outside the food bank: by what it is for."""
    if place.kind not in INSIDE:
        return word(place.get_kind_display())
    if place.is_receiving:
        return gettext("受入場所（あとでしまう）")
    if place.is_picked:
        return gettext("出荷待ち")
    holder, parted, zone = place.code.partition("/")
    return f"{holder} {zone_word(zone)}" if parted and zone == place.zone else place.code
