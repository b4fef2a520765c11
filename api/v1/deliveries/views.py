"""``deliveries/``: what comes when, and that it came."""

from __future__ import annotations

import uuid

from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import body, query
from api.idempotency import idempotent
from api.pagination import LatestFirst
from api.schema import IDEMPOTENCY_KEY, described, page_of
from api.v1.deliveries.serializers import DeliveriesQuery, DeliveryOut, ReceiptIn, ReceiptOut, unit_receipts
from api.views import PartnerView
from logistics.dispatch.selectors.deliveries import deliveries_of
from logistics.portal.selectors.deliveries import own_deliveries
from logistics.portal.services.receipts import confirm_units


class Deliveries(PartnerView):
    @described(
        "deliveries_list", "What comes when", "Latest first. A new plan of the day may replace a delivery by one with another `id`.",
        query=DeliveriesQuery, ok=(200, page_of(DeliveryOut, "DeliveryPage")), refused={404: "The cursor is none of ours."},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        wanted = query(DeliveriesQuery, request)
        rows = deliveries_of(self.partner.pk)
        if "date" in wanted:
            rows = rows.filter(order__delivery_date=wanted["date"])
        pages = LatestFirst()
        found = own_deliveries(pages.paginate_queryset(rows, request, view=self) or [])
        return pages.get_paginated_response(DeliveryOut(found, many=True).data)


class Receipt(PartnerView):
    @described(
        "deliveries_receipt", "Confirm what came", "Once, after it was handed over; with what is missing or damaged.",
        body=ReceiptIn, headers=[IDEMPOTENCY_KEY], ok=(201, ReceiptOut),
        refused={404: "You have no such delivery.", 409: "It has not come yet, or was confirmed before.",
                 422: "A unit that is not part of it, or more than was handed over."},
    )  # fmt: skip
    @idempotent
    def post(self, request: Request, id: uuid.UUID) -> Response:
        delivery = get_object_or_404(deliveries_of(self.partner.pk), public_id=id)
        values = body(ReceiptIn, request)
        receipt = confirm_units(delivery=delivery, actor=self.actor, units=unit_receipts(values), note=values.get("note", ""))
        return Response(ReceiptOut(receipt).data, status=201)
