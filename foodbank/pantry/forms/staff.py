"""The forms of gate, desk and registrar."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foodbank.catalog.models import Allergen, AllergenList
from foodbank.core.dates import at, today
from foodbank.core.forms import AllergensField, ClockField, CodeField, DayField, EntryForm, WordChoiceField, choices
from foodbank.pantry.models import (
    AgeBand,
    Allergies,
    Channel,
    CheckKind,
    ExchangeSession,
    Household,
    Language,
    PickupDay,
    ReadReason,
    Slot,
)
from foodbank.pantry.selectors.contacts import Contact
from foodbank.pantry.services.households import ContactData, HouseholdData
from foodbank.pantry.services.pickup_days import SessionData, SlotData
from foodbank.sites.models import Site, SiteKind

BANDS = {f"children_{index}": band for index, band in enumerate(AgeBand)}
_A_YEAR = dt.timedelta(days=365)


class SlotChoice(WordChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}（{obj.taken}/{obj.capacity}）"


class AllergiesForm(EntryForm):
    allergies = forms.ChoiceField(label=_("アレルギー"), choices=lambda: choices(Allergies), widget=forms.RadioSelect)
    allergens = AllergensField(label=_("避けるもの"), queryset=Allergen.objects.none())

    def __init__(self, *args: Any, household: Household | None = None, **kwargs: Any) -> None:
        if household is not None:
            kwargs["initial"] = {
                "allergies": household.allergies,
                "allergens": list(household.allergens.values_list("pk", flat=True)),
            } | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["allergens"].queryset = AllergenList.objects.in_force(today()).allergens.order_by("pk")  # type: ignore[attr-defined]


class HouseholdForm(AllergiesForm):
    """What is needed for a pickup and nothing more (P1)."""

    size = forms.IntegerField(label=_("人数"), min_value=1, max_value=30)
    children_0 = forms.IntegerField(label=_("0歳"), min_value=0, max_value=30, required=False)
    children_1 = forms.IntegerField(label=_("1～5歳"), min_value=0, max_value=30, required=False)
    children_2 = forms.IntegerField(label=_("6～11歳"), min_value=0, max_value=30, required=False)
    children_3 = forms.IntegerField(label=_("12～17歳"), min_value=0, max_value=30, required=False)
    language = forms.ChoiceField(label=_("ことば"), choices=Language.choices, initial=Language.JA)
    field_order = ("size", *BANDS, "allergies", "allergens", "language")

    def __init__(self, *args: Any, household: Household | None = None, **kwargs: Any) -> None:
        if household is not None:
            counts = dict(household.children.values_list("band", "count"))
            own = {name: counts.get(band) for name, band in BANDS.items()}
            kwargs["initial"] = {"size": household.size, "language": household.language} | own | kwargs.get("initial", {})
        super().__init__(*args, household=household, **kwargs)

    @staticmethod
    def data_of(values: dict[str, Any]) -> HouseholdData:
        return HouseholdData(
            size=values["size"],
            children={band: values[name] or 0 for name, band in BANDS.items()},
            allergies=Allergies(values["allergies"]),
            allergens=list(values["allergens"]),
            language=Language(values["language"]),
            shared_phone=bool(values.get("shared_phone")),
        )


class RegistrarForm(HouseholdForm):
    shared_phone = forms.BooleanField(label=_("電話を家族などと共用している"), required=False)
    protected = forms.BooleanField(
        label=_("配慮が必要"),
        required=False,
        help_text=_("お知らせや画面に、場所も話題も出しません。受け取る場所は電話で伝えてください。"),
    )

    def __init__(self, *args: Any, household: Household | None = None, **kwargs: Any) -> None:
        if household is not None:
            kwargs["initial"] = {"shared_phone": household.shared_phone, "protected": household.protected}
        super().__init__(*args, household=household, **kwargs)


class ContactForm(EntryForm):
    channel = forms.ChoiceField(label=_("連絡のしかた"), choices=lambda: choices(Channel), widget=forms.RadioSelect)
    nickname = forms.CharField(label=_("呼び名"), required=False, max_length=40, help_text=_("本名でなくてかまいません。"))
    email = forms.CharField(label=_("メールアドレス"), required=False, max_length=200)
    phone = forms.CharField(label=_("電話番号"), required=False, max_length=40)

    def __init__(self, *args: Any, contact: Contact | None = None, **kwargs: Any) -> None:
        if contact is not None:
            kwargs["initial"] = {name: getattr(contact, name) for name in ("channel", "nickname", "email", "phone")}
        super().__init__(*args, **kwargs)

    @staticmethod
    def contact_of(values: dict[str, Any]) -> ContactData:
        return ContactData(
            channel=Channel(values["channel"]), nickname=values["nickname"], email=values["email"], phone=values["phone"]
        )


class NewHouseholdForm(RegistrarForm, ContactForm):
    """Registered by staff, contact included."""

    field_order = (*HouseholdForm.field_order, "channel", "email", "phone", "nickname", "shared_phone", "protected")


class WalkInForm(HouseholdForm):
    slot = SlotChoice(label=_("受取枠"), queryset=Slot.objects.none(), empty_label=None)
    field_order = ("slot", *HouseholdForm.field_order)

    def __init__(self, *args: Any, pickup_day: PickupDay, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slot"].queryset = pickup_day.slots.all()  # type: ignore[attr-defined]


class BookForm(EntryForm):
    """A booking by telephone, or for somebody who stands there."""

    household = CodeField(label=_("世帯番号"), max_length=9, help_text=_("例 K7M-2QX。小文字でも、線がなくてもかまいません。"))
    slot = SlotChoice(label=_("受取枠"), queryset=Slot.objects.none(), empty_label=None)

    def __init__(self, *args: Any, pickup_day: PickupDay, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slot"].queryset = pickup_day.slots.all()  # type: ignore[attr-defined]


class AddLotForm(EntryForm):
    code = forms.CharField(label=_("ロット番号"), max_length=300)
    quantity = forms.IntegerField(label=_("点数"), min_value=1, max_value=100, initial=1)


class EligibilityForm(EntryForm):
    kind = forms.ChoiceField(label=_("確認のしかた"), choices=lambda: choices(CheckKind))
    valid_until = DayField(label=_("有効期限"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"valid_until": today() + _A_YEAR})
        super().__init__(*args, **kwargs)


class ReadForm(EntryForm):
    reason = forms.ChoiceField(label=_("見る理由"), choices=lambda: [("", _("選んでください")), *choices(ReadReason)])


class LookUpForm(EntryForm):
    contact = forms.CharField(label=_("メールアドレスか電話番号"), max_length=200)


class RegistrationLinkForm(EntryForm):
    title = forms.CharField(label=_("どこで配るか"), max_length=80)
    expires_on = DayField(label=_("いつまで"))
    most = forms.IntegerField(label=_("何世帯まで"), min_value=1, max_value=10_000, initial=100)
    check_kind = forms.ChoiceField(
        label=_("利用の確認"),
        required=False,
        choices=lambda: [("", _("登録のあとで確認する")), *choices(CheckKind)],
        help_text=_("窓口で確かめた人だけに渡すリンクなら、ここで選ぶと、登録と同時に予約できます。"),
    )

    @staticmethod
    def expires_at(values: dict[str, Any]) -> dt.datetime:
        """The end of that day."""
        return at(values["expires_on"] + dt.timedelta(days=1), dt.time())


class BookingTimesForm(EntryForm):
    area = forms.CharField(
        label=_("おおよその場所"),
        max_length=60,
        required=False,
        help_text=_("予約する前の人に見せます（例 駅の北側）。くわしい場所は、予約した人にだけ出ます。"),
    )
    bookings_open_at = forms.DateTimeField(
        label=_("予約の開始"),
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )
    bookings_close_at = forms.DateTimeField(
        label=_("予約の締切"),
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: Any, pickup_day: PickupDay | None = None, **kwargs: Any) -> None:
        if pickup_day is not None:
            kwargs["initial"] = {name: getattr(pickup_day, name) for name in ("area", "bookings_open_at", "bookings_close_at")}
        super().__init__(*args, **kwargs)


class SlotForm(EntryForm):
    start = ClockField(label=_("から"))
    end = ClockField(label=_("まで"))
    capacity = forms.IntegerField(label=_("世帯数"), min_value=1, max_value=10_000)

    def __init__(self, *args: Any, slot: Slot | None = None, **kwargs: Any) -> None:
        if slot is not None:
            kwargs["initial"] = {"start": slot.start, "end": slot.end, "capacity": slot.capacity}
        super().__init__(*args, **kwargs)

    @staticmethod
    def data_of(values: dict[str, Any]) -> SlotData:
        return SlotData(start=values["start"], end=values["end"], capacity=values["capacity"])


class SessionForm(EntryForm):
    theme = forms.CharField(label=_("テーマ"), max_length=200)
    start = ClockField(label=_("から"))
    end = ClockField(label=_("まで"))
    capacity = forms.IntegerField(label=_("定員"), min_value=1, max_value=10_000)
    childcare_places = forms.IntegerField(label=_("託児枠"), min_value=0, max_value=10_000, initial=0)

    def __init__(self, *args: Any, session: ExchangeSession | None = None, **kwargs: Any) -> None:
        if session is not None:
            names = ("theme", "start", "end", "capacity", "childcare_places")
            kwargs["initial"] = {name: getattr(session, name) for name in names}
        super().__init__(*args, **kwargs)

    @staticmethod
    def data_of(values: dict[str, Any]) -> SessionData:
        return SessionData(**values)


class NewDayForm(EntryForm):
    """A new pickup day: slots of equal length one after the other; they can be changed one by one afterwards."""

    day = DayField(label=_("日"))
    site = WordChoiceField(label=_("会場"), queryset=Site.objects.filter(kind=SiteKind.VENUE, active=True))
    area = forms.CharField(label=_("おおよその場所"), max_length=60, required=False, help_text=_("予約する前の人に見せます。"))
    start = ClockField(label=_("はじめの枠の開始"))
    end = ClockField(label=_("終わり"))
    minutes = forms.IntegerField(label=_("1枠の長さ（分）"), min_value=5, max_value=240, initial=30)
    capacity = forms.IntegerField(label=_("1枠の世帯数"), min_value=1, max_value=10_000, initial=10)

    @staticmethod
    def slots_of(values: dict[str, Any]) -> list[SlotData]:
        """As many whole slots as fit."""
        length = dt.timedelta(minutes=values["minutes"])
        moment, last = (dt.datetime.combine(values["day"], values[name]) for name in ("start", "end"))
        found = []
        while moment + length <= last:
            found.append(SlotData(start=moment.time(), end=(moment + length).time(), capacity=values["capacity"]))
            moment += length
        return found


class PeriodForm(EntryForm):
    since = DayField(label=_("から"))
    until = DayField(label=_("まで"))
    outside = forms.BooleanField(label=_("外部に出す（5未満を伏せる）"), required=False)


def number_of(text: str | None) -> uuid.UUID | None:
    """The hidden number of a form, or nothing when it is none."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def this_year() -> tuple[dt.date, dt.date]:
    """From 1 January until today."""
    now = timezone.localdate()
    return now.replace(month=1, day=1), now
