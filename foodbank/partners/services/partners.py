"""The receiving side of a site."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.partners.models import Partner, PartnerKind
from foodbank.sites.models import Site, SiteKind
from foodbank.sites.services.entry import enter_site
from foodbank.sites.services.sites import SiteData, require_kind


def ensure_partners(*, sites: Sequence[Site], actor: User) -> dict[str, Partner]:
    """The partners of these sites by code, made where there were none. Refuses ``site.wrong_kind``."""
    for site in sites:
        require_kind(site, SiteKind.PARTNER)
    known = {partner.site_id: partner for partner in Partner.objects.filter(site__in=sites)}
    new = {site.pk: Partner(site=site) for site in sites if site.pk not in known}
    Partner.objects.bulk_create(new.values(), batch_size=500)
    stored = known | new
    return {site.code: stored[site.pk] for site in sites}


@transaction.atomic
def enter_partner(
    *,
    site: Site | None,
    data: SiteData,
    actor: User,
    agreement_from: dt.date | None = None,
    kind: PartnerKind = PartnerKind.CAFETERIA,
    contact_name: str = "",
    contact_email: str = "",
    health_notified_on: dt.date | None = None,
) -> Partner:
    """A new partner with its site, or (``site`` given) a correction of both; all or nothing. Refuses what ``enter_site`` refuses and
    ``site.wrong_kind``."""
    stored = enter_site(site=site, data=data, agreement_from=agreement_from, actor=actor)
    require_kind(stored, SiteKind.PARTNER)
    return Partner.objects.update_or_create(
        site=stored,
        defaults={
            "kind": kind,
            "contact_name": contact_name,
            "contact_email": contact_email,
            "health_notified_on": health_notified_on,
        },
    )[0]
