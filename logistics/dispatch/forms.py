"""What the coordinator enters about a day."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foodbank.accounts.models import User
from foodbank.core.forms import DayField, EntryForm
from logistics.dispatch.models import CallOffKind
from logistics.dispatch.selectors.call_offs import Effects, Target


class CallOffForm(EntryForm):
    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        help_text=_("知らせる相手にもこのまま伝わります。人の名前や体調は書かないでください。例: 大雨のため。"),
    )
    move_to = DayField(
        label=_("品を別の日に取りに行く"),
        required=False,
        help_text=_("空けておくと、この日の提供は取りやめになります。その日まで期限がもたない品も取りやめになります。"),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, target: Target, effects: Effects, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.target, self.effects = target, effects
        if target.kind not in (CallOffKind.SHOP, CallOffKind.DAY) or not effects.offers:
            del self.fields["move_to"]

    def show_again(self, effects: Effects) -> None:
        """What was entered stays; what was seen is what is shown now."""
        self.effects = effects
        self.data = {**self.data.dict(), "seen": effects.seen()}  # type: ignore[attr-defined] # a bound form has a QueryDict


class DriverField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.shown_name)


class DriverForm(EntryForm):
    """Who drives one vehicle on one day."""

    driver = DriverField(label=_("運転する人"), queryset=User.objects.none(), required=False, empty_label=_("決めていない"))

    def __init__(self, *args: Any, drivers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["driver"].queryset = drivers  # type: ignore[attr-defined]
