"""What a partner says of a delivery."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from foodbank.core.forms import EntryForm
from logistics.dispatch.services.deliveries import NOTE_LENGTH
from logistics.portal.selectors.deliveries import OwnComing, OwnDelivery
from logistics.portal.services.receipts import UnitReceipt


class ReceiptForm(EntryForm):
    """Two numbers a unit, empty for all well, and a note."""

    note = forms.CharField(label=_("備考"), max_length=NOTE_LENGTH, required=False)

    def __init__(self, *args: Any, own: OwnDelivery, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines = own.lines
        for line in own.lines:
            unit = line.coming.shipment.unit
            for name, label in (("missing", _("足りない点数")), ("damaged", _("傷んだ点数"))):
                self.fields[f"{name}_{unit}"] = forms.IntegerField(
                    label=label, required=False, min_value=0, max_value=line.coming.units,
                    widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                )  # fmt: skip

    def rows(self) -> list[tuple[OwnComing, BoundField, BoundField]]:
        """Each line with its two fields."""
        found = []
        for line in self._lines:
            unit = line.coming.shipment.unit
            found.append((line, self[f"missing_{unit}"], self[f"damaged_{unit}"]))
        return found

    def units(self) -> list[UnitReceipt]:
        """What was entered, of the units that are not all well."""
        values = self.cleaned_data
        found = []
        for line in self._lines:
            unit = line.coming.shipment.unit
            missing, damaged = values[f"missing_{unit}"] or 0, values[f"damaged_{unit}"] or 0
            if missing or damaged:
                found.append(UnitReceipt(unit=unit, missing=missing, damaged=damaged))
        return found
