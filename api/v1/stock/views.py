"""``GET stock/``: what can be ordered."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import query
from api.pagination import rows_page
from api.schema import described, page_of
from api.v1.stock.serializers import StockItemOut, StockQuery
from api.views import PartnerView
from foodbank.partners.selectors import cut_off_for, first_open_day
from foodbank.partners.services.own_orders import need_open_day
from logistics.allocation.selectors.orderable import orderable_on


class Stock(PartnerView):
    @described(
        "stock_list",
        "What can be ordered",
        "By item, for a delivery on `date` (unless given, the next day that can still be ordered for). Goods that are held, reserved, past "
        "their date or too close to it are not among them. What is still at the shops is not either: a category may bring more than is "
        "shown here.",
        query=StockQuery,
        ok=(200, page_of(StockItemOut, "StockPage")),
        refused={404: "The cursor is none of ours.", 422: "A day that nobody can order for."},
    )
    def get(self, request: Request) -> Response:
        day = query(StockQuery, request).get("date") or first_open_day()
        need_open_day(day)
        page = rows_page(request, orderable_on(day), lambda item: item.key)
        context = {"day": day, "until": cut_off_for(day)}
        return Response({**page, "results": StockItemOut(page["results"], many=True, context=context).data})
