from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from api.fields import CLOCK_PATTERN, ClockField, DayField, In, KilogramsField, ManyField, TextField, WholeField, refuse
from api.v1.outputs import Out
from foodbank.core.errors import Text
from foodbank.core.limits import MAX_PEOPLE, MAX_UNITS
from foodbank.partners.models import OrderLine, OrderStatus
from foodbank.partners.services.named import NamedLine, NamedOrder
from logistics.portal.selectors.orders import Amount, OwnLine, OwnOrder

MOST_LINES = 100


class WindowIn(In):
    """Local time; both ends on the day of delivery."""

    def get_fields(self) -> dict[str, Any]:
        return {"from": ClockField(), "until": ClockField()}  # "from" is no name for an attribute


class CategoryLineIn(In):
    """So many kilograms of a category."""

    category = TextField(min_length=1, max_length=30)
    quantity_kg = KilogramsField()


class ItemLineIn(In):
    """So many units of a product, by its GTIN (8, 12, 13 or 14 digits)."""

    gtin = TextField(min_length=1, max_length=20)
    quantity = WholeField(min_value=1, max_value=MAX_UNITS)


@extend_schema_field(
    PolymorphicProxySerializer(
        component_name="OrderLineIn", serializers=[CategoryLineIn, ItemLineIn], resource_type_field_name=None
    )
)
class LineField(serializers.Field[Any, Any, Any, Any]):
    """Either of the two, told apart by whether it names a product."""

    def to_internal_value(self, data: Any) -> NamedLine:
        if not isinstance(data, dict):
            raise refuse(Text("分類と重さ、または商品コードと点数を書いてください。", "Must be an object."))
        kind = ItemLineIn if {"gtin", "quantity"} & set(data) else CategoryLineIn
        read = kind(data=data)
        read.is_valid(raise_exception=True)
        return NamedLine(**read.validated_data)


class OrderIn(In):
    delivery_date = DayField()
    window = WindowIn()
    children = WholeField(min_value=0, max_value=MAX_PEOPLE)
    excluded_allergens = ManyField(
        child=TextField(min_length=1, max_length=40), max_length=60, required=False,
        help_text="Japanese label names (卵) or English names (Egg).",
    )  # fmt: skip
    lines = ManyField(child=LineField(), min_length=1, max_length=MOST_LINES)
    external_ref = TextField(max_length=80, required=False, allow_blank=True, help_text="Your own number; it may repeat.")
    note = TextField(max_length=500, required=False, allow_blank=True)


def named_order(values: dict[str, Any]) -> NamedOrder:
    """The values of a whole :class:`OrderIn`."""
    plain = {name: value for name, value in values.items() if name != "window"}
    return NamedOrder(**plain, window_from=values["window"]["from"], window_until=values["window"]["until"])


def values_of(own: OwnOrder) -> dict[str, Any]:
    """A stored order as :class:`OrderIn` would have read it: what a PATCH leaves out stays like this."""
    order = own.order
    return {
        "delivery_date": order.delivery_date,
        "window": {"from": order.window_from, "until": order.window_until},
        "children": order.children,
        "excluded_allergens": list(own.excluded),
        "lines": [_named(one.line) for one in own.lines],
        "external_ref": order.external_ref,
        "note": order.note,
    }


def _named(line: OrderLine) -> NamedLine:
    if line.category is not None:
        return NamedLine(category=line.category.code, quantity_kg=Decimal(line.asked_g) / 1000)
    return NamedLine(gtin=line.item.gtin if line.item else "", quantity=line.quantity or 0)


class OrdersQuery(In):
    date = DayField(required=False)
    status = serializers.ChoiceField(choices=[(one.value, one.value) for one in OrderStatus], required=False)
    external_ref = TextField(required=False, min_length=1, max_length=80)
    cursor = TextField(required=False, min_length=1)


@extend_schema_field({"type": "string", "pattern": CLOCK_PATTERN})
class ClockOut(serializers.TimeField):
    """As it came in."""


class WindowOut(Out):
    def get_fields(self) -> dict[str, Any]:
        names = {"from": "order.window_from", "until": "order.window_until"}
        return {name: ClockOut(source=source, format="%H:%M") for name, source in names.items()}


class OrderLineOut(Out):
    """``asked``, ``allocated`` and ``delivered`` are in the line's own ``unit``; the same in grams beside them. ``allocated`` is null
    until a plan with the line is published. ``reason`` says why it is less than was asked for."""

    category = serializers.CharField(allow_null=True, source="line.category.code", default=None)
    gtin = serializers.CharField(allow_null=True, source="line.item.gtin", default=None)
    unit = serializers.SerializerMethodField()
    asked = serializers.SerializerMethodField()
    allocated = serializers.SerializerMethodField()
    delivered = serializers.SerializerMethodField()
    asked_g = serializers.IntegerField(source="line.asked_g")
    allocated_g = serializers.IntegerField(source="allocated.grams", allow_null=True, default=None)
    delivered_g = serializers.IntegerField(source="delivered.grams")
    reason = serializers.SerializerMethodField()
    reason_ja = serializers.CharField(source="why.ja", default="")
    reason_en = serializers.CharField(source="why.en", default="")

    @extend_schema_field({"type": "string", "enum": ["kg", "units"]})
    def get_unit(self, own: OwnLine) -> str:
        return "kg" if own.line.category_id else "units"

    def get_asked(self, own: OwnLine) -> float:
        return _number(own, Amount(own.line.quantity or 0, own.line.asked_g))

    def get_allocated(self, own: OwnLine) -> float | None:
        return None if own.allocated is None else _number(own, own.allocated)

    def get_delivered(self, own: OwnLine) -> float:
        return _number(own, own.delivered)

    def get_reason(self, own: OwnLine) -> str | None:
        return own.reason or None


def _number(own: OwnLine, amount: Amount) -> float:
    return amount.grams / 1000 if own.line.category_id else amount.units


class OrderOut(Out):
    """``id`` is what addresses name; ``ref`` is what people say on the telephone and may change with the day."""

    id = serializers.UUIDField(source="order.public_id")
    ref = serializers.CharField(source="order.ref")
    status = serializers.ChoiceField(choices=[(one.value, one.value) for one in OrderStatus], source="order.status")
    delivery_date = serializers.DateField(source="order.delivery_date")
    window = WindowOut(source="*")
    children = serializers.IntegerField(source="order.children")
    excluded_allergens = serializers.ListField(child=serializers.CharField(), source="excluded")
    lines = OrderLineOut(many=True)
    external_ref = serializers.CharField(source="order.external_ref")
    note = serializers.CharField(source="order.note")
    created_at = serializers.DateTimeField(source="order.created_at")
    changed_at = serializers.DateTimeField(source="order.changed_at", allow_null=True)
    change_until = serializers.SerializerMethodField(help_text="The cut-off: until then it can be changed and cancelled.")

    def get_change_until(self, own: OwnOrder) -> dt.datetime:
        return own.until
