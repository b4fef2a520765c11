"""The recipients' forms, with labels in the three languages of their pages. What is asked is P1's list and nothing more."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from foodbank.catalog.models import Allergen, AllergenList
from foodbank.core.dates import today
from foodbank.core.errors import FieldsRefused, Refusal
from foodbank.pantry.guest_texts import ALLERGEN_READINGS
from foodbank.pantry.guest_words import field_refusal_text, html_of, refusal_text, say
from foodbank.pantry.models import AgeBand, Allergies, Channel, Household, Language, NextWish
from foodbank.pantry.selectors.contacts import Contact
from foodbank.pantry.services.households import ContactData, HouseholdData

BANDS = {f"children_{index}": band for index, band in enumerate(AgeBand)}


class GuestForm(forms.Form):
    """``language`` is that of the page; ``words`` names the text of each field's label, ``f.<name>`` unless said."""

    use_required_attribute = False
    words: dict[str, str] = {}  # noqa: RUF012 - a plain table per class

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = language
        for name, field in self.fields.items():
            field.label = html_of(say(self.words.get(name, f"f.{name}"), language))
            wrong = html_of(say("no.number" if isinstance(field, forms.IntegerField) else "no.required", language))
            field.error_messages = dict.fromkeys(
                ("required", "invalid", "invalid_choice", "min_value", "max_value", "invalid_list", "invalid_pk_value"), wrong
            )

    def refuse(self, refusal: Refusal) -> None:
        """The reasons at their fields, in the page's language."""
        if isinstance(refusal, FieldsRefused):
            for name in refusal.fields:
                text = html_of(field_refusal_text(refusal, name, self.language))
                self.add_error(name if name in self.fields else None, text)
        else:
            self.add_error(None, html_of(refusal_text(refusal, self.language)))


class AllergenField(forms.ModelMultipleChoiceField):
    """Named in the language of the page."""

    language = "ja"

    def label_from_instance(self, obj: Any) -> str:
        return allergen_label(obj, self.language)


class HouseholdForm(GuestForm):
    """Size, children by age, what they avoid, and whether others use the phone."""

    words = {name: f"band.{band}" for name, band in BANDS.items()}  # noqa: RUF012

    size = forms.IntegerField(min_value=1, max_value=30, widget=forms.NumberInput(attrs={"inputmode": "numeric"}))
    children_0 = forms.IntegerField(min_value=0, max_value=30, required=False)
    children_1 = forms.IntegerField(min_value=0, max_value=30, required=False)
    children_2 = forms.IntegerField(min_value=0, max_value=30, required=False)
    children_3 = forms.IntegerField(min_value=0, max_value=30, required=False)
    allergies = forms.ChoiceField(widget=forms.RadioSelect)
    allergens = AllergenField(Allergen.objects.none(), required=False, widget=forms.CheckboxSelectMultiple)
    shared_phone = forms.BooleanField(required=False)

    def __init__(self, *args: Any, language: str, household: Household | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(household) if household else {"allergies": ""})
        super().__init__(*args, language=language, **kwargs)
        self.order_fields(["size", *BANDS, "allergies", "allergens"])
        _choices(self, "allergies", [(one, html_of(say(f"allergies.{one}", language))) for one in Allergies])
        allergens = cast(AllergenField, self.fields["allergens"])
        allergens.language = language
        allergens.queryset = AllergenList.objects.in_force(today()).allergens.order_by("pk")

    def household_data(self, language: Language) -> HouseholdData:
        values = self.cleaned_data
        return HouseholdData(
            size=values["size"],
            children={band: values[name] or 0 for name, band in BANDS.items()},
            allergies=Allergies(values["allergies"]),
            allergens=list(values["allergens"]),
            language=language,
            shared_phone=values["shared_phone"],
        )


class ContactForm(GuestForm):
    words = {"nickname": "f.nickname"}  # noqa: RUF012

    nickname = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "nickname"}))
    channel = forms.ChoiceField(widget=forms.RadioSelect)
    email = forms.CharField(required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    phone = forms.CharField(required=False, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))

    def __init__(self, *args: Any, language: str, contact: Contact | None = None, **kwargs: Any) -> None:
        if contact is not None:
            kwargs["initial"] = {
                "nickname": contact.nickname, "channel": contact.channel, "email": contact.email, "phone": contact.phone,
            }  # fmt: skip
        super().__init__(*args, language=language, **kwargs)
        _choices(self, "channel", [(one, html_of(say(f"channel.{one}", language))) for one in Channel])
        self.fields["nickname"].help_text = html_of(say("f.nickname_help", language))

    def contact_data(self) -> ContactData:
        values = self.cleaned_data
        return ContactData(
            channel=Channel(values["channel"]), nickname=values["nickname"], email=values["email"], phone=values["phone"]
        )


class RegisterForm(ContactForm, HouseholdForm):
    """Both at once."""

    words = HouseholdForm.words | ContactForm.words

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, language=language, **kwargs)
        self.order_fields(["size", *BANDS, "allergies", "allergens", "channel", "email", "phone", "nickname", "shared_phone"])


class FeedbackForm(GuestForm):
    connected = forms.TypedChoiceField(coerce=int, widget=forms.RadioSelect)
    wish = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, language=language, **kwargs)
        _choices(self, "connected", [(one, html_of(say(f"connected.{one}", language))) for one in (5, 4, 3, 2, 1)])
        _choices(self, "wish", [(one, html_of(say(f"wish.{one}", language))) for one in NextWish])


def _choices(form: forms.Form, name: str, values: list[tuple[Any, Any]]) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = values


def allergen_label(allergen: Allergen, language: str) -> str:
    """Its name in the page's language, with a reading where there are kanji."""
    if language == "en":
        return allergen.name_en
    return html_of(ALLERGEN_READINGS.get(allergen.name, allergen.name)) if language == "easy" else allergen.name


def _initial(household: Household) -> dict[str, Any]:
    counts = dict(household.children.values_list("band", "count"))
    return {
        "size": household.size,
        "allergies": household.allergies,
        "allergens": list(household.allergens.values_list("pk", flat=True)),
        "shared_phone": household.shared_phone,
        **{name: counts.get(band) for name, band in BANDS.items()},
    }
