"""Contact data, opened: for a message that is sent, for the household itself, and for a registrar whose reading is on record."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from foodbank.messaging.addresses import Address
from foodbank.pantry.models import Channel, Household, HouseholdContact, Language
from foodbank.pantry.sealing import Envelope, lookup_hashes


@dataclass(frozen=True, slots=True)
class Contact:
    """How a household can be reached, in the open. Keep it out of logs, addresses and messages."""

    channel: Channel = Channel.NONE
    nickname: str = ""
    email: str = ""
    phone: str = ""


def contact_of(household: Household) -> Contact:
    """Opened; empty for a household that was forgotten. Whoever shows it to a person records the reading (``services.reads``)."""
    row = HouseholdContact.objects.select_related("household__key").filter(household=household).first()
    key = getattr(row.household, "key", None) if row else None
    if row is None or key is None:
        return Contact()
    envelope = Envelope(key.wrapped)
    return Contact(Channel(row.channel), envelope.open(row.nickname), envelope.open(row.email), envelope.open(row.phone))


def household_address(pk: int) -> Address | None:
    """Where messages go; nothing when the household was forgotten or wants none."""
    household = Household.objects.known().filter(pk=pk).first()
    if household is None:
        return None
    contact = contact_of(household)
    if contact.channel == Channel.NONE:
        return None
    return Address(
        email=contact.email if contact.channel == Channel.EMAIL else "",
        phone=contact.phone if contact.channel == Channel.PHONE else "",
        language="en" if household.language == Language.EN else "ja",
        neutral=household.protected,
    )


def found_by_contact(text: str) -> list[Household]:
    """Households that gave this very e-mail address or telephone number. Nothing is opened for it."""
    hashes = lookup_hashes(text) if text.strip() else []
    wanted = Q(contact__email_hash__in=hashes) | Q(contact__phone_hash__in=hashes)
    return list(Household.objects.known().filter(wanted).order_by("code")[:20]) if hashes else []
