"""What a driver enters at a stop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foodbank.core.dates import FoodDate, at, today
from foodbank.core.forms import ClockField, EntryForm, FoodDateField, WordChoiceField, choices
from foodbank.core.limits import MAX_PEOPLE, MAX_UNITS
from foodbank.donations.models import Offer, RefusalReason
from foodbank.donations.services.intake import NotTaken
from logistics.dispatch.models import FailReason
from logistics.dispatch.selectors.driving import Goods
from logistics.dispatch.services.handover import AsFound

_COUNT = {"inputmode": "numeric", "class": "short", "autocomplete": "off"}


class CollectForm(EntryForm):
    """What a shop really gives of one offer."""

    quantity = forms.IntegerField(
        label=_("受け取った点数"), min_value=0, max_value=MAX_UNITS, widget=forms.NumberInput(attrs=_COUNT),
        help_text=_("実際の数を入れます。何もなければ 0。"),
    )  # fmt: skip
    date = FoodDateField(
        label=_("表示の期限"), required=False, help_text=_("お店の話と違うときは直します。いくつかあるときは、いちばん早い日。")
    )
    refused = forms.IntegerField(
        label=_("お断りした点数"), required=False, min_value=1, max_value=MAX_UNITS, widget=forms.NumberInput(attrs=_COUNT),
        help_text=_("壊れている、期限の表示がないなど。持ち帰りません。"),
    )  # fmt: skip
    reason = WordChoiceField(
        label=_("お断りした理由"), required=False, queryset=RefusalReason.objects.none(), empty_label=_("選んでください")
    )
    note = forms.CharField(label=_("備考"), required=False, max_length=200)

    def __init__(self, *args: Any, offer: Offer, planned: int = 0, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"id_{offer.pk}_%s")
        date = FoodDate(offer.last_day, offer.date_precision) if offer.last_day is not None else None  # type: ignore[arg-type]
        kwargs["initial"] = {"quantity": planned, "date": date}
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = RefusalReason.objects.in_force(today())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("refused") and not values.get("reason"):
            self.add_error("reason", _("お断りした理由を選んでください。"))
        if values.get("reason") and not values.get("refused") and "refused" not in self.errors:
            self.add_error("refused", _("お断りした点数を入力してください。"))
        return values

    def found(self) -> AsFound:
        date = self.cleaned_data["date"]
        note = self.cleaned_data["note"] if not self.cleaned_data["refused"] else ""
        return AsFound(note=note) if date is None else AsFound(last_day=date.last_day, date_precision=date.precision, note=note)

    def not_taken(self) -> list[NotTaken]:
        values = self.cleaned_data
        return [NotTaken(values["refused"], values["reason"], values["note"])] if values["refused"] else []


class FailForm(EntryForm):
    """Why nothing could be done."""

    reason = forms.ChoiceField(label=_("理由"), choices=lambda: choices(FailReason), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("備考"), required=False, max_length=300, help_text=_("「その他」のときは必ず書きます。人の名前は書きません。")
    )


class LateForm(EntryForm):
    """When the vehicle will be there, by the clock."""

    at = ClockField(label=_("着くのは何時ごろ？"))

    def clean_at(self) -> dt.datetime:
        """The moment next to now at which a clock shows that: a route may go on after midnight."""
        now, day = timezone.now(), timezone.localdate()
        moments = [at(day + dt.timedelta(days=days), self.cleaned_data["at"]) for days in (-1, 0, 1)]
        return min(moments, key=lambda moment: abs(moment - now))


class CountForm(EntryForm):
    """So many units of one shipment."""

    quantity = forms.IntegerField(label=_("点数"), min_value=1, max_value=MAX_UNITS, widget=forms.NumberInput(attrs=_COUNT))


class FinishForm(EntryForm):
    """The stop is over."""

    rest_stays = forms.BooleanField(label=_("残りはそのままにする"), required=False)
    note = forms.CharField(label=_("備考"), required=False, max_length=300)


class VisitForm(EntryForm):
    """What a visit has handed out, shipment by shipment, and to how many households."""

    households = forms.IntegerField(
        label=_("来た世帯の数"), min_value=0, max_value=MAX_PEOPLE, widget=forms.NumberInput(attrs=_COUNT),
        help_text=_("名前は書きません。数だけです。"),
    )  # fmt: skip
    note = forms.CharField(label=_("備考"), required=False, max_length=300)

    def __init__(self, *args: Any, goods: Sequence[Goods], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._units = {f"units_{one.shipment.pk}": one for one in goods if one.open}
        for name, one in self._units.items():
            self.fields[name] = forms.IntegerField(
                label=one.shipment.item.name,
                min_value=0,
                max_value=one.shipment.progress.aboard,
                widget=forms.NumberInput(attrs=_COUNT),
                help_text=_("車に %(units)d 点あります。配った点数を入れます。") % {"units": one.shipment.progress.aboard},
            )
        self.order_fields([*self._units, "households", "note"])

    def counts(self) -> dict[int, int]:
        """Units by the shipment's primary key."""
        return {one.shipment.pk: self.cleaned_data[name] for name, one in self._units.items()}
