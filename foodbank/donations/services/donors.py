"""The giving side of a site."""

from __future__ import annotations

from collections.abc import Sequence

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.donations.models import Donor
from foodbank.sites.models import Site, SiteKind


def ensure_donors(*, sites: Sequence[Site], actor: User) -> dict[str, Donor]:
    """The donors of these sites by code, made where there were none. Refuses ``site.wrong_kind``."""
    for site in sites:
        _need_kind(site)
    known = {donor.site_id: donor for donor in Donor.objects.filter(site__in=sites)}
    new = {site.pk: Donor(site=site) for site in sites if site.pk not in known}
    Donor.objects.bulk_create(new.values(), batch_size=500)
    stored = known | new
    return {site.code: stored[site.pk] for site in sites}


def save_donor(*, site: Site, actor: User, contact_name: str = "", contact_email: str = "") -> Donor:
    """Create or correct the donor of ``site``. Refuses ``site.wrong_kind``."""
    _need_kind(site)
    return Donor.objects.update_or_create(site=site, defaults={"contact_name": contact_name, "contact_email": contact_email})[0]


def _need_kind(site: Site) -> None:
    if site.kind != SiteKind.DONOR:
        raise Refusal(
            "site.wrong_kind",
            Text(f"「{site.code}」は寄付者ではありません。", f"{site.code} is not a donor's site."),
            params={"code": site.code, "kind": site.kind},
            status=400,
        )
