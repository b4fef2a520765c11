from __future__ import annotations

import datetime as dt

import pytest
from django import forms
from django.utils.translation import override

from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.forms import ClockField, CodeField, DayField, EntryForm, FoodDateField, GramsField


class Form(EntryForm):
    name = forms.CharField()


def test_refusals_stand_at_their_field_in_the_readers_language():
    form = Form({"name": "x"})
    assert form.is_valid()
    refusal = FieldsRefused("thing.refused", {"name": Text("短すぎます。", "Too short."), "other": Text("ほか", "Other")})
    form.refuse(refusal)
    with override("en"):
        second = Form({"name": "x"})
        second.is_valid()
        second.refuse(refusal)
        second.refuse(Refusal("thing.taken", Text("使われています。", "Taken.")))
    assert form.errors["name"] == ["短すぎます。"]
    assert form.non_field_errors() == ["ほか"]  # what the form does not show is not lost
    assert second.errors["name"] == ["Too short."]
    assert second.non_field_errors() == ["Other", "Taken."]


@pytest.mark.parametrize(("typed", "grams"), [("12.5", 12_500), ("１２．５", 12_500), ("0.001", 1), ("3kg", 3_000), ("", None)])
def test_kilograms_become_integer_grams(typed: str, grams: int | None):
    assert GramsField(required=False).clean(typed) == grams


@pytest.mark.parametrize("typed", ["0.0001", "-1", "100001", "many", "1e9", "NaN"])
def test_weights_that_make_no_sense_are_refused(typed: str):
    with pytest.raises(forms.ValidationError):
        GramsField().clean(typed)


def test_grams_are_shown_as_the_kilograms_that_were_typed():
    assert GramsField().prepare_value(12_500) == "12.5"
    assert GramsField().prepare_value(350_000) == "350"


def test_codes_and_times_are_read_in_any_width():
    assert CodeField().clean(" Ｄ００１ ") == "D001"
    assert ClockField().clean("９:３０") == dt.time(9, 30)
    assert DayField().clean("２０２６／１２／５") == dt.date(2026, 12, 5)


@pytest.mark.parametrize("typed", ["0026-12-05", "9999-12-31"])  # 26 for 2026; a day without a next one
def test_a_mistyped_year_is_refused(typed: str):
    with pytest.raises(forms.ValidationError, match="年は2000から2100の間"):
        DayField().clean(typed)


def test_dates_are_read_as_they_stand_on_the_package():
    date = FoodDateField().clean("R9.3")
    assert (date.last_day, date.precision) == (dt.date(2027, 3, 31), "month")  # 令和9年 = 2018 + 9
    assert FoodDateField().prepare_value(date) == "2027-03"
    with pytest.raises(forms.ValidationError):
        FoodDateField().clean("2027-02-30")
