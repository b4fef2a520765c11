"""Holding a lot, and using one past its 賞味期限."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from foodbank.core.forms import DayField, EntryForm


class ReasonForm(EntryForm):
    """Why a lot is held, or may go again."""

    reason = forms.CharField(label=_("理由"), max_length=200)


class ReleaseForm(EntryForm):
    """What the first person writes (D6)."""

    until = DayField(label=_("この日まで使う"))
    grounds = forms.CharField(
        label=_("科学的根拠"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("どの資料の、どの記述から、この日まで安全と言えるか。だれが確かめたか。"),
    )
