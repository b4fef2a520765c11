"""The receiving side of a site."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.partners.models import Partner, PartnerKind
from foodbank.sites.models import Site, SiteKind


def ensure_partners(*, sites: Sequence[Site], actor: User) -> dict[str, Partner]:
    """The partners of these sites by code, made where there were none. Refuses ``site.wrong_kind``."""
    for site in sites:
        _need_kind(site)
    known = {partner.site_id: partner for partner in Partner.objects.filter(site__in=sites)}
    new = {site.pk: Partner(site=site) for site in sites if site.pk not in known}
    Partner.objects.bulk_create(new.values(), batch_size=500)
    stored = known | new
    return {site.code: stored[site.pk] for site in sites}


def save_partner(
    *,
    site: Site,
    actor: User,
    kind: PartnerKind = PartnerKind.CAFETERIA,
    contact_name: str = "",
    contact_email: str = "",
    health_notified_on: dt.date | None = None,
) -> Partner:
    """Create or correct the partner of ``site``. Refuses ``site.wrong_kind``."""
    _need_kind(site)
    return Partner.objects.update_or_create(
        site=site,
        defaults={
            "kind": kind,
            "contact_name": contact_name,
            "contact_email": contact_email,
            "health_notified_on": health_notified_on,
        },
    )[0]


def _need_kind(site: Site) -> None:
    if site.kind != SiteKind.PARTNER:
        raise Refusal(
            "site.wrong_kind",
            Text(f"「{site.code}」は提供先ではありません。", f"{site.code} is not a partner's site."),
            params={"code": site.code, "kind": site.kind},
            status=400,
        )
