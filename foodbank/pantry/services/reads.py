"""Reading contact data as a person: on record before it is opened (P7)."""

from __future__ import annotations

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.pantry.models import ContactRead, Household, ReadReason
from foodbank.pantry.selectors.contacts import Contact, contact_of, found_by_contact
from foodbank.pantry.services.rows import locked_household


@transaction.atomic
def read_contact(*, household: Household, reason: ReadReason, actor: User) -> Contact:
    """The household's contact data; that ``actor`` read them, and why, is stored in the same transaction. Refuses
    ``household.forgotten``."""
    fresh = locked_household(household.pk)
    ContactRead.objects.create(household=fresh, actor=actor, reason=reason)
    return contact_of(fresh)


@transaction.atomic
def look_up(*, contact: str, actor: User) -> list[Household]:
    """Households that gave this very e-mail address or telephone number, nothing opened; that ``actor`` learned whose it is counts as a
    reading."""
    found = found_by_contact(contact)
    ContactRead.objects.bulk_create([ContactRead(household=one, actor=actor, reason=ReadReason.IDENTIFY) for one in found])
    return found
