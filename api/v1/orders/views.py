"""``orders/``: place, look, change and cancel until the cut-off."""

from __future__ import annotations

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from api.etags import etag_of, need_match
from api.fields import body, query
from api.idempotency import idempotent
from api.pagination import NewestFirst
from api.schema import ETAG, IDEMPOTENCY_KEY, IF_MATCH, described, page_of
from api.v1.orders.serializers import OrderIn, OrderOut, OrdersQuery, named_order, values_of
from api.views import PartnerView
from foodbank.partners.models import Order, OrderSource
from foodbank.partners.services.named import order_data
from foodbank.partners.services.own_orders import cancel_own_order, change_own_order, place_own_order
from logistics.portal.selectors.orders import OwnOrder, orders_of, own_orders

_LATE = "After the cut-off, or the order is cancelled or delivered."
_RULES = "Something that the body names is not there, or a day or window at which nobody can deliver."


class OrderView(PartnerView):
    def own(self, public_id: uuid.UUID) -> OwnOrder:
        """The partner's order of that number, or 404."""
        order = get_object_or_404(orders_of(self.partner.pk), public_id=public_id)
        return own_orders([order], now=timezone.now())[0]

    def shown(self, order: Order, *, status: int = 200) -> Response:
        content: Any = OrderOut(self.own(order.public_id)).data
        headers = {"ETag": etag_of(content)}
        if status == 201:
            headers["Location"] = self.request.build_absolute_uri(reverse("api:order", args=[order.public_id]))
        return Response(content, status=status, headers=headers)


class Orders(OrderView):
    @described(
        "orders_list", "Your orders, newest first", "Narrowed by day of delivery, status or your own number.",
        query=OrdersQuery, ok=(200, page_of(OrderOut, "OrderPage")), refused={404: "The cursor is none of ours."},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        wanted = query(OrdersQuery, request)
        names = {"date": "delivery_date", "status": "status", "external_ref": "external_ref"}
        rows = orders_of(self.partner.pk).filter(**{names[name]: wanted[name] for name in names if name in wanted})
        pages = NewestFirst()
        found = own_orders(pages.paginate_queryset(rows, request, view=self) or [], now=timezone.now())
        return pages.get_paginated_response(OrderOut(found, many=True).data)

    @described(
        "orders_create", "Order", "For a day and a window, until the cut-off. The same `external_ref` may come again.",
        body=OrderIn, headers=[IDEMPOTENCY_KEY], ok=(201, OrderOut), gives=[ETAG],
        refused={409: "The cut-off has passed, there is no agreement, or the same request is being worked on.", 422: _RULES},
    )  # fmt: skip
    @idempotent
    def post(self, request: Request) -> Response:
        named = named_order(body(OrderIn, request))
        data = order_data(named=named, partner=self.partner, source=OrderSource.API)
        return self.shown(place_own_order(data=data, actor=self.actor), status=201)


class OneOrder(OrderView):
    @described(
        "orders_read", "One order", "With what the plan gives and what came.",
        ok=(200, OrderOut), gives=[ETAG], refused={404: "You have no such order."},
    )  # fmt: skip
    def get(self, request: Request, id: uuid.UUID) -> Response:
        return self.shown(self.own(id).order)

    @described(
        "orders_change", "Change an order", "What is left out stays; `lines` and `window` are replaced as a whole.",
        body=OrderIn, headers=[IF_MATCH], ok=(200, OrderOut), gives=[ETAG],
        refused={
            404: "You have no such order.", 409: _LATE, 412: "It has changed since you read it.", 422: _RULES,
            428: "If-Match is missing.",
        },
    )  # fmt: skip
    def patch(self, request: Request, id: uuid.UUID) -> Response:
        own = self.own(id)
        changes = body(OrderIn, request, partial=True)
        need_match(request, etag_of(OrderOut(own).data))
        named = named_order(values_of(own) | changes)
        data = order_data(named=named, partner=self.partner, source=OrderSource.API)
        return self.shown(change_own_order(order=own.order, data=data, actor=self.actor))


class CancelOrder(OrderView):
    @described(
        "orders_cancel", "Cancel an order", "Until the cut-off. There is no body.",
        headers=[IDEMPOTENCY_KEY], ok=(200, OrderOut), gives=[ETAG],
        refused={404: "You have no such order.", 409: _LATE, 412: "It has changed at this very moment.",
                 422: "The Idempotency-Key was used for something else."},
    )  # fmt: skip
    @idempotent
    def post(self, request: Request, id: uuid.UUID) -> Response:
        return self.shown(cancel_own_order(order=self.own(id).order, actor=self.actor))
