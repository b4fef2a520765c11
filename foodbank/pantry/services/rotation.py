"""Wrapping the households' keys anew when the installation's key changes."""

from __future__ import annotations

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.locking import lock_rows
from foodbank.pantry.models import HouseholdContact, HouseholdKey
from foodbank.pantry.sealing import Envelope, lookup_hashes, wrap_again

_BATCH = 200


def rotate_keys(*, actor: User) -> int:
    """Every household's key under the first of ``settings.CONTACT_KEYS``, and the hashes with it; returns how many. May run twice, and
    while people work. Raises :class:`~foodbank.pantry.sealing.CannotOpen` when a key is missing; what was done until then stays."""
    done = 0
    last = 0
    while True:
        with transaction.atomic():
            wanted = HouseholdKey.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_BATCH]
            rows = list(lock_rows(HouseholdKey.objects.all(), list(wanted)).values())
            if not rows:
                return done
            contacts = {row.household_id: row for row in HouseholdContact.objects.filter(household__key__in=rows)}
            for row in rows:
                contact = contacts.get(row.household_id)
                if contact is not None:
                    _hash_again(contact, Envelope(row.wrapped))
                row.wrapped = wrap_again(row.wrapped)
            HouseholdKey.objects.bulk_update(rows, ["wrapped"])
            HouseholdContact.objects.bulk_update(contacts.values(), ["email_hash", "phone_hash"])
        last = rows[-1].pk
        done += len(rows)


def _hash_again(contact: HouseholdContact, envelope: Envelope) -> None:
    email, phone = envelope.open(contact.email), envelope.open(contact.phone)
    contact.email_hash = lookup_hashes(email)[0] if email else ""
    contact.phone_hash = lookup_hashes(phone)[0] if phone else ""
