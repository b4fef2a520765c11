"""The giving side of a site."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.donations.models import Donor
from foodbank.sites.models import Site, SiteKind
from foodbank.sites.services.entry import enter_site
from foodbank.sites.services.sites import SiteData, require_kind


def ensure_donors(*, sites: Sequence[Site], actor: User) -> dict[str, Donor]:
    """The donors of these sites by code, made where there were none. Refuses ``site.wrong_kind``."""
    for site in sites:
        require_kind(site, SiteKind.DONOR)
    known = {donor.site_id: donor for donor in Donor.objects.filter(site__in=sites)}
    new = {site.pk: Donor(site=site) for site in sites if site.pk not in known}
    Donor.objects.bulk_create(new.values(), batch_size=500)
    stored = known | new
    return {site.code: stored[site.pk] for site in sites}


@transaction.atomic
def enter_donor(
    *,
    site: Site | None,
    data: SiteData,
    actor: User,
    agreement_from: dt.date | None = None,
    contact_name: str = "",
    contact_email: str = "",
) -> Donor:
    """A new donor with its site, or (``site`` given) a correction of both; all or nothing. Refuses what ``enter_site`` refuses and
    ``site.wrong_kind``."""
    stored = enter_site(site=site, data=data, agreement_from=agreement_from, actor=actor)
    require_kind(stored, SiteKind.DONOR)
    contact = {"contact_name": contact_name, "contact_email": contact_email}
    return Donor.objects.update_or_create(site=stored, defaults=contact)[0]
