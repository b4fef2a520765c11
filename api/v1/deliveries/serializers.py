from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import DayField, In, ManyField, TextField, WholeField
from api.v1.outputs import AllergensOut, Out, date_mark_field, zone_field
from foodbank.core.limits import MAX_UNITS
from foodbank.core.units import kg
from logistics.dispatch.models import DeliveryState
from logistics.dispatch.services.deliveries import NOTE_LENGTH
from logistics.portal.selectors.deliveries import OwnComing
from logistics.portal.services.receipts import UnitReceipt

MOST_LINES = 500


class DeliveriesQuery(In):
    date = DayField(required=False)
    cursor = TextField(required=False, min_length=1)


class DeliveryLineOut(Out):
    """One unit of the plan. Until the vehicle has been at the shop, a shop's goods are what it has announced: ``lot`` is empty."""

    unit = serializers.CharField(source="coming.shipment.unit", help_text="What a receipt names: u17")
    gtin = serializers.CharField(source="coming.gtin")
    name = serializers.CharField(source="coming.name")
    category = serializers.CharField(source="coming.category")
    zone = zone_field(source="coming.zone")
    quantity = serializers.IntegerField(source="coming.units", help_text="On its way; handed over once it has come.")
    quantity_kg = serializers.SerializerMethodField()
    lot = serializers.CharField(source="coming.lot_code")
    date_mark = date_mark_field(source="coming.date_mark")
    last_date = serializers.DateField(source="coming.last_day", allow_null=True)
    allergens = AllergensOut(source="*")

    def get_quantity_kg(self, line: OwnComing) -> float:
        return float(kg(line.coming.grams, 3))


class ReceiptLineOut(Out):
    unit = serializers.CharField(source="shipment.unit")
    missing = serializers.IntegerField()
    damaged = serializers.IntegerField()


class ReceiptOut(Out):
    confirmed_at = serializers.DateTimeField()
    note = serializers.CharField()
    lines = ReceiptLineOut(many=True, source="lines.all")


class DeliveryOut(Out):
    """``eta`` is kept current while the vehicle is on its way."""

    id = serializers.UUIDField(source="delivery.public_id")
    order_id = serializers.UUIDField(source="delivery.order.public_id")
    order_ref = serializers.CharField(source="delivery.order.ref")
    external_ref = serializers.CharField(source="delivery.order.external_ref")
    delivery_date = serializers.DateField(source="delivery.order.delivery_date")
    state = serializers.ChoiceField(choices=[(one.value, one.value) for one in DeliveryState], source="delivery.state")
    eta = serializers.DateTimeField(source="delivery.eta")
    delivered_at = serializers.DateTimeField(source="delivery.delivered_at", allow_null=True)
    lines = DeliveryLineOut(many=True)
    receipt = ReceiptOut(allow_null=True)


class ReceiptLineIn(In):
    """Of one unit of the delivery: pieces that did not come, and pieces that came damaged."""

    unit = TextField(min_length=1, max_length=10)
    missing = WholeField(min_value=0, max_value=MAX_UNITS, required=False)
    damaged = WholeField(min_value=0, max_value=MAX_UNITS, required=False)


class ReceiptIn(In):
    """Units that are not named came whole and well."""

    lines = ManyField(child=ReceiptLineIn(), max_length=MOST_LINES, required=False)
    note = TextField(max_length=NOTE_LENGTH, required=False, allow_blank=True)


def unit_receipts(values: dict[str, Any]) -> list[UnitReceipt]:
    return [UnitReceipt(**line) for line in values.get("lines", [])]
