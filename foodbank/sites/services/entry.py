"""A site with what is signed for it, entered in one go."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.sites.models import Site
from foodbank.sites.services.agreements import record_agreement
from foodbank.sites.services.sites import SiteData, change_site, create_site


@transaction.atomic
def enter_site(*, site: Site | None, data: SiteData, actor: User, agreement_from: dt.date | None = None) -> Site:
    """A new site (``site`` is ``None``) or a correction of one, with an agreement from that day on when one is given; all or nothing.

    Refuses what :func:`create_site` and :func:`change_site` refuse.
    """
    stored = create_site(data=data, actor=actor) if site is None else change_site(site=site, data=data, actor=actor)
    if agreement_from is not None:
        record_agreement(site=stored, valid_from=agreement_from, actor=actor)
    return stored
