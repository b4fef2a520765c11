"""What the entry pages' forms have in common. A form reads and parses; whether the values are acceptable is asked of the services."""

from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from foodbank.core.dates import FoodDate, UnreadableDate, day_fault, read_food_date
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.units import grams_from_kg


def own_language(text: Text) -> str:
    return text.en if (get_language() or "").startswith("en") else text.ja


class EntryForm(forms.Form):
    """A form whose service may refuse: the reasons go to the fields that they are about."""

    use_required_attribute = False
    error_css_class = "in-error"

    def refuse(self, refusal: Refusal) -> None:
        if isinstance(refusal, FieldsRefused):
            for name, text in refusal.fields.items():
                self.add_error(name if name in self.fields else None, own_language(text))
        else:
            self.add_error(None, own_language(refusal.text))


class CodeField(forms.CharField):
    """Codes and numbers in any width: ``Ｄ００１`` is ``D001``."""

    def to_python(self, value: Any) -> str:
        return unicodedata.normalize("NFKC", super().to_python(value) or "").strip()


class ClockField(forms.TimeField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
        kwargs.setdefault("error_messages", {"invalid": _("時刻を 9:30 のように入力してください。")})
        super().__init__(input_formats=["%H:%M", "%H:%M:%S"], **kwargs)

    def to_python(self, value: Any) -> dt.time | None:
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).strip()
        return super().to_python(value)


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        kwargs.setdefault("error_messages", {"invalid": _("日付を 2026-12-05 のように入力してください。")})
        super().__init__(input_formats=["%Y-%m-%d", "%Y/%m/%d"], **kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).strip()
        day = super().to_python(value)
        fault = day_fault(day) if day is not None else None
        if fault is not None:
            raise forms.ValidationError(own_language(fault))
        return day


class FoodDateField(forms.CharField):
    """A date as it stands on the package; gives a :class:`FoodDate` or ``None``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text",
            _("袋や箱の表示のとおりに。例: 2027.3、26.12.07、令和9年3月5日。期限の表示がない品だけ、空けておきます。"),
        )
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_food_date(text)
        except UnreadableDate as error:
            raise forms.ValidationError(own_language(error.text)) from None

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, FoodDate):
            return value.last_day.strftime("%Y-%m" if value.precision == "month" else "%Y-%m-%d")
        return value


class GramsField(forms.DecimalField):
    """Typed in kilograms, given as integer grams."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 0)
        kwargs.setdefault("max_value", 100_000)
        super().__init__(decimal_places=3, **kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override] # the stubs give the parent whole numbers
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).strip().removesuffix("kg")
        return super().to_python(value)

    def clean(self, value: Any) -> Any:
        kilograms = super().clean(value)
        return None if kilograms is None else grams_from_kg(kilograms)

    def prepare_value(self, value: Any) -> Any:
        return f"{(Decimal(value) / 1000).normalize():f}" if isinstance(value, int) else value


class WordChoiceField(forms.ModelChoiceField):
    """Choices named by their own name, in the reader's language where there is a word for it."""

    def label_from_instance(self, obj: Any) -> str:
        return gettext(str(obj))


class AllergensField(forms.ModelMultipleChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return gettext(str(obj))


def choices(kind: Any) -> list[tuple[str, str]]:
    """A ``TextChoices`` class as choices in the reader's language; to be called per request (pass as callable)."""
    return [(str(value), gettext(str(label))) for value, label in kind.choices]
