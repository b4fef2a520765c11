"""How partners are reached."""

from __future__ import annotations

from foodbank.messaging.addresses import Address
from foodbank.partners.models import Partner


def partner_address(pk: int) -> Address | None:
    """Where messages to a partner go; ``None`` for one that is gone or out of use."""
    partner = Partner.objects.filter(pk=pk, site__active=True).select_related("site").first()
    return Address(email=partner.contact_email, phone=partner.site.phone) if partner else None
