"""Households: registering, changing and forgetting them, and noting that somebody looked at what they showed (P1, P2, D21)."""

from __future__ import annotations

import datetime as dt
import secrets
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.catalog.models import Allergen
from foodbank.core.dates import today
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.pantry.models import (
    AgeBand,
    Allergies,
    Channel,
    CheckKind,
    ContactRead,
    EligibilityCheck,
    Household,
    HouseholdChildren,
    HouseholdContact,
    HouseholdKey,
    Language,
    ReadReason,
)
from foodbank.pantry.sealing import Envelope, lookup_hashes, new_code, new_wrapped_key
from foodbank.pantry.services.bookings import end_all
from foodbank.pantry.services.rows import locked_household

MOST_PEOPLE = 30
_TRIES = 8
_LONGEST_PHONE = 40
_HYPHENS = str.maketrans(dict.fromkeys("ー‐‑‒–—―−", "-"))


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdData:
    """What is asked for a pickup and nothing else (P1). ``children`` by age band."""

    size: int
    children: Mapping[AgeBand, int] = field(default_factory=dict)
    allergies: Allergies = Allergies.UNKNOWN
    allergens: Sequence[Allergen] = ()
    language: Language = Language.JA
    shared_phone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactData:
    """How to reach them, as they wish."""

    channel: Channel = Channel.NONE
    nickname: str = ""
    email: str = ""
    phone: str = ""


@transaction.atomic
def register_household(
    *,
    data: HouseholdData,
    contact: ContactData,
    actor: User,
    protected: bool = False,
    by_themselves: bool = False,
    request_id: uuid.UUID | None = None,
) -> Household:
    """A new household with a code, an account without password and its own key. Refuses ``household.refused`` by field.

    The same ``request_id`` again gives the first household and changes nothing (R4).
    """
    if request_id is not None:
        known = Household.objects.filter(request_id=request_id).first()
        if known is not None:
            return known
    _check(data, contact)
    account = User(username=f"household-{secrets.token_hex(8)}")
    account.set_unusable_password()
    account.save()
    household = _with_new_code(
        Household(
            size=data.size,
            allergies=data.allergies,
            language=data.language,
            shared_phone=data.shared_phone,
            protected=protected,
            account=account,
            registered_by=None if by_themselves else actor,
            request_id=request_id,
        )
    )
    _keep_rows(household, data)
    HouseholdKey.objects.create(household=household, wrapped=new_wrapped_key())
    _keep_contact(household, contact)
    return household


@transaction.atomic
def change_household(*, household: Household, data: HouseholdData, actor: User, protected: bool | None = None) -> Household:
    """Correct what is known. ``protected`` is left as it is unless said. Refuses ``household.refused`` and ``household.forgotten``."""
    fresh = locked_household(household.pk)
    _check(data, ContactData())
    fresh.size, fresh.allergies, fresh.language = data.size, data.allergies, data.language
    fresh.shared_phone = data.shared_phone
    if protected is not None:
        fresh.protected = protected
    fresh.save(update_fields=["size", "allergies", "language", "shared_phone", "protected"])
    _keep_rows(fresh, data)
    return fresh


@transaction.atomic
def change_contact(*, household: Household, contact: ContactData, actor: User) -> None:
    """Replace how they can be reached. Who does so for them is on record like somebody who reads it (P7): from then on messages, and
    with them the household, may be theirs. Refuses ``household.refused`` and ``household.forgotten``."""
    fresh = locked_household(household.pk)
    faults = _contact_faults(contact)
    if faults:
        raise FieldsRefused("household.refused", faults)
    if actor.pk != fresh.account_id:
        ContactRead.objects.create(household=fresh, actor=actor, reason=ReadReason.CORRECT)
    _keep_contact(fresh, contact)


@transaction.atomic
def set_allergies(*, household: Household, allergies: Allergies, allergens: Sequence[Allergen], actor: User) -> Household:
    """What somebody at the gate was told. Refuses ``household.refused``."""
    fresh = locked_household(household.pk)
    faults = _allergy_faults(allergies, allergens)
    if faults:
        raise FieldsRefused("household.refused", faults)
    fresh.allergies = allergies
    fresh.save(update_fields=["allergies"])
    fresh.allergens.set(allergens)
    return fresh


@transaction.atomic
def check_eligibility(*, household: Household, kind: CheckKind, valid_until: dt.date, actor: User) -> EligibilityCheck:
    """Note that ``actor`` looked, at what, and until when it holds; never what stood there (D21). Refuses ``household.refused``."""
    fresh = locked_household(household.pk)
    if valid_until < today():
        raise FieldsRefused(
            "household.refused",
            {"valid_until": Text("今日より後の日を入力してください。", "Enter a day that is not over.")},
        )
    return EligibilityCheck.objects.create(household=fresh, kind=kind, checked_by=actor, valid_until=valid_until)


@transaction.atomic
def forget(*, household: Household, actor: User) -> None:
    """Destroy the key, the contact data with their hashes, the links and the allergies, end what is booked, and shut the account with
    what was noted in it; only somebody who works here still keeps it. The code, the size and what went out under which parcel stay,
    for the totals. Forgetting again changes nothing."""
    fresh = lock_rows(Household.objects.all(), [household.pk])[household.pk]
    if fresh.forgotten_at is not None:
        return
    end_all(household=fresh, actor=actor)
    HouseholdKey.objects.filter(household=fresh).delete()
    HouseholdContact.objects.filter(household=fresh).delete()
    fresh.links.all().delete()
    fresh.allergens.clear()
    account = fresh.account
    fresh.account, fresh.forgotten_at, fresh.allergies = None, timezone.now(), Allergies.UNKNOWN
    fresh.request_id = None
    fresh.save(update_fields=["account", "forgotten_at", "allergies", "request_id"])
    if account is not None and not account.is_superuser and not _works_here(account):
        account.set_unusable_password()
        User.objects.filter(pk=account.pk).update(
            is_active=False,
            last_name="",
            first_name="",
            email="",
            password=account.password,
            session_epoch=F("session_epoch") + 1,
        )


def _works_here(account: User) -> bool:
    """Has the account a role today or later? One that is over does not keep it."""
    return account.role_grants.filter(revoked_at__isnull=True, valid_until__gte=today()).exists()


def _with_new_code(household: Household) -> Household:
    """Stored under a random code that nobody has."""
    for _ in range(_TRIES):
        code = new_code()
        household.code = f"{code[:3]}-{code[3:]}"
        try:
            with transaction.atomic():
                household.save(force_insert=True)
                return household
        except IntegrityError:
            if household.request_id and Household.objects.filter(request_id=household.request_id).exists():
                raise Refusal(
                    "household.registering",
                    Text("登録を処理しています。少し待ってください。", "Your registration is being worked on. Wait a moment."),
                ) from None
    raise RuntimeError("no free household code found")


def _keep_rows(household: Household, data: HouseholdData) -> None:
    household.children.all().delete()
    HouseholdChildren.objects.bulk_create(
        [HouseholdChildren(household=household, band=band, count=count) for band, count in data.children.items() if count]
    )
    household.allergens.set(data.allergens)


def _keep_contact(household: Household, contact: ContactData) -> None:
    envelope = Envelope(household.key.wrapped)
    contact = _tidy(contact)
    HouseholdContact.objects.update_or_create(
        household=household,
        defaults={
            "channel": contact.channel,
            "nickname": envelope.seal(contact.nickname),
            "email": envelope.seal(contact.email),
            "phone": envelope.seal(contact.phone),
            "email_hash": lookup_hashes(contact.email)[0] if contact.email else "",
            "phone_hash": lookup_hashes(contact.phone)[0] if contact.phone else "",
        },
    )


def _tidy(contact: ContactData) -> ContactData:
    """As telephones and mail servers want it: half-width, and a hyphen where a Japanese keyboard makes a long vowel of it."""
    email, phone = (unicodedata.normalize("NFKC", text).strip() for text in (contact.email, contact.phone))
    return replace(contact, nickname=contact.nickname.strip(), email=email, phone=phone.translate(_HYPHENS))


def _check(data: HouseholdData, contact: ContactData) -> None:
    faults: dict[str, Text] = {}
    if not 1 <= data.size <= MOST_PEOPLE:
        faults["size"] = Text(f"人数を1～{MOST_PEOPLE}で入力してください。", f"Enter 1 to {MOST_PEOPLE} people.")
    elif sum(data.children.values()) > data.size:
        faults["size"] = Text("子どもの人数が、世帯の人数より多くなっています。", "There are more children than people.")
    faults |= _allergy_faults(data.allergies, data.allergens) | _contact_faults(contact)
    if faults:
        raise FieldsRefused("household.refused", faults)


def _allergy_faults(allergies: Allergies, allergens: Sequence[Allergen]) -> dict[str, Text]:
    if allergies == Allergies.LISTED and not allergens:
        return {"allergens": Text("避けるものを1つ以上選んでください。", "Tick at least one that you avoid.")}
    if allergies != Allergies.LISTED and allergens:
        return {"allergies": Text("避けるものを選んだときは「あり」にしてください。", "Choose “yes” when you tick some.")}
    return {}


def _contact_faults(contact: ContactData) -> dict[str, Text]:
    contact = _tidy(contact)
    faults: dict[str, Text] = {}
    if contact.email:
        try:
            validate_email(contact.email)
        except ValidationError:
            faults["email"] = Text("メールアドレスの形を確かめてください。", "Check the e-mail address.")
    elif contact.channel == Channel.EMAIL:
        faults["email"] = Text("メールアドレスを入力してください。", "Enter an e-mail address.")
    digits = sum(char.isdigit() for char in contact.phone)
    if contact.phone and not (8 <= digits <= 15 and len(contact.phone) <= _LONGEST_PHONE):
        faults["phone"] = Text("電話番号を確かめてください。", "Check the telephone number.")
    elif contact.channel == Channel.PHONE and not contact.phone:
        faults["phone"] = Text("電話番号を入力してください。", "Enter a telephone number.")
    if len(contact.nickname) > 40:
        faults["nickname"] = Text("40文字までで入力してください。", "At most 40 characters.")
    return faults
