"""The whole API for partners' programs on one page. ``docs/howto-api.md`` shows it in use."""

from django.urls import path, re_path

from api.schema import Schema
from api.v1.deliveries.views import Deliveries, Receipt
from api.v1.orders.views import CancelOrder, OneOrder, Orders
from api.v1.stock.views import Stock
from api.views import NoSuchAddress, docs

app_name = "api"

urlpatterns = [
    path("stock/", Stock.as_view(), name="stock"),
    path("orders/", Orders.as_view(), name="orders"),
    path("orders/<uuid:id>/", OneOrder.as_view(), name="order"),
    path("orders/<uuid:id>/cancel/", CancelOrder.as_view(), name="order_cancel"),
    path("deliveries/", Deliveries.as_view(), name="deliveries"),
    path("deliveries/<uuid:id>/receipt/", Receipt.as_view(), name="receipt"),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
    re_path("", NoSuchAddress.as_view(), name="unknown"),
]
