"""Orders whose food has come."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.locking import lock_rows
from foodbank.partners.models import Order, OrderStatus


@transaction.atomic
def settle_orders(*, delivered: Iterable[int], waiting: Iterable[int], actor: User) -> None:
    """``delivered`` orders (primary keys) have got what they get; ``waiting`` ones have not, also when it looked so before. Cancelled
    orders stay cancelled."""
    there, not_yet = set(delivered), set(waiting)
    wrong = Order.objects.filter(pk__in=there, status=OrderStatus.PLACED) | Order.objects.filter(
        pk__in=not_yet, status=OrderStatus.DELIVERED
    )
    rows = lock_rows(Order.objects.all(), wrong.values_list("pk", flat=True))
    for order in rows.values():
        if order.pk in there and order.status == OrderStatus.PLACED:
            order.status = OrderStatus.DELIVERED
        elif order.pk in not_yet and order.status == OrderStatus.DELIVERED:
            order.status = OrderStatus.PLACED
        else:
            continue
        order.save(update_fields=["status"])
