"""Where goods went, by kind of organisation: all that donors and the city are told (D3, D19)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foodbank.partners.models import Partner, PartnerKind
from foodbank.sites.models import Site, SiteKind

UNKNOWN = "unspecified"
KINDS: dict[str, str | Promise] = {
    **{kind.value: str(kind.label) for kind in PartnerKind if kind != PartnerKind.OTHER},
    SiteKind.MOBILE.value: _("移動パントリー"),
    SiteKind.VENUE.value: _("受取日（世帯）"),
    PartnerKind.OTHER.value: str(PartnerKind.OTHER.label),
    UNKNOWN: _("行き先の種類の記録なし"),
}
"""Each kind's word, in the order in which reports list them."""


@dataclass(frozen=True, slots=True)
class Destinations:
    """The kind of organisation behind each site that received something, as it is registered now."""

    by_site: dict[int, str]

    def kind(self, site_id: int | None) -> str:
        return self.by_site.get(site_id, UNKNOWN) if site_id is not None else UNKNOWN


def destinations(site_ids: Iterable[int | None]) -> Destinations:
    """The kinds of these sites; two queries however many there are. A depot that hands out itself counts as a pickup venue."""
    wanted = {pk for pk in site_ids if pk is not None}
    partners = dict(Partner.objects.filter(site__in=wanted).values_list("site_id", "kind"))
    places = {SiteKind.MOBILE: SiteKind.MOBILE, SiteKind.VENUE: SiteKind.VENUE, SiteKind.DEPOT: SiteKind.VENUE}
    by_site = {pk: places[SiteKind(kind)].value for pk, kind in _kinds(wanted) if kind in places}
    return Destinations(by_site | partners)


def _kinds(site_ids: set[int]) -> list[tuple[int, str]]:
    return list(Site.objects.filter(pk__in=site_ids).values_list("pk", "kind"))
