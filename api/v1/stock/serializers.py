from __future__ import annotations

import datetime as dt
from typing import Any

from rest_framework import serializers

from api.fields import DayField, In, TextField
from api.v1.outputs import AllergensOut, Out, date_mark_field, zone_field
from foodbank.core.units import kg


class StockQuery(In):
    date = DayField(required=False)
    cursor = TextField(required=False, min_length=1)


class StockItemOut(Out):
    """One item in one temperature zone, all lots of it together."""

    gtin = serializers.CharField()
    name = serializers.CharField()
    category = serializers.CharField(help_text="What orders may name: bread, rice, …")
    zone = zone_field()
    allergens = AllergensOut(source="*")
    date_mark = date_mark_field()
    earliest_date = serializers.DateField(source="earliest", allow_null=True, help_text="The first last day among the lots.")
    free_quantity = serializers.IntegerField(source="units", help_text="Units that nobody has reserved.")
    free_kg = serializers.SerializerMethodField()
    delivery_date = serializers.SerializerMethodField()
    order_until = serializers.SerializerMethodField()

    def get_free_kg(self, item: Any) -> float:
        return float(kg(item.grams, 3))

    def get_delivery_date(self, item: Any) -> dt.date:
        return self.context["day"]

    def get_order_until(self, item: Any) -> dt.datetime:
        return self.context["until"]
