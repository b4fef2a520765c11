"""Orders: what a partner wants for a day and window."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.catalog.models import Allergen, Category, Item
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.partners.models import Order, OrderLine, OrderRules, OrderSource, OrderStatus, Partner
from foodbank.partners.policies import order_faults
from foodbank.sites.services.agreements import need_agreements

_BATCH = 500
_TRIES = 5
R = TypeVar("R")
_OWN_NUMBER = re.compile(r"H([0-9]{3,})")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineData:
    """So many grams of a category, or so many units of an item."""

    category: Category | None = None
    quantity_g: int | None = None
    item: Item | None = None
    quantity: int | None = None

    @property
    def key(self) -> str:
        return self.category.code if self.category else self.item.gtin if self.item else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderData:
    """What is entered of an order; without ``ref`` it gets the next number of its day."""

    partner: Partner
    delivery_date: dt.date
    window_from: dt.time
    window_until: dt.time
    children: int
    lines: Sequence[LineData]
    excluded_allergens: Sequence[Allergen] = ()
    ref: str = ""
    source: OrderSource = OrderSource.STAFF
    external_ref: str = ""
    note: str = ""


def create_order(*, data: OrderData, actor: User) -> Order:
    """A new order; see :func:`create_orders`."""
    return create_orders(orders=[data], actor=actor)[0]


@transaction.atomic
def create_orders(*, orders: Sequence[OrderData], actor: User) -> list[Order]:
    """New orders, all or none, in this order. Numbers that we choose are free, however many people order at once.

    Refuses ``order.refused`` (by field, of the first that is wrong), ``order.ref_taken`` and ``site.no_agreement`` (D1: the partner
    needs one that is valid on the day of delivery).
    """
    for data in orders:
        _check(data)
    for day in sorted({data.delivery_date for data in orders}):
        need_agreements(sites=[data.partner.site for data in orders if data.delivery_date == day], day=day)
    if all(data.ref for data in orders):
        with _number_is_free():
            rows = _stored(orders)
    else:
        rows = _numbered(lambda: _stored(orders))
    OrderLine.objects.bulk_create(
        [_line(row, line) for row, data in zip(rows, orders, strict=True) for line in data.lines], batch_size=_BATCH
    )
    through = Order.excluded_allergens.through
    through.objects.bulk_create(
        [
            through(order_id=row.pk, allergen_id=pk)
            for row, data in zip(rows, orders, strict=True)
            for pk in sorted({one.pk for one in data.excluded_allergens})
        ],
        batch_size=_BATCH,
    )
    return rows


@transaction.atomic
def change_order(*, order: Order, data: OrderData, actor: User, expected_version: int | None = None) -> Order:
    """Correct an order; partner and source stay, and so does its number unless it is one of ours that the other day has too. Lines keep
    their row where category or item is the same; one that a plan names already is withdrawn rather than deleted.

    Refuses ``order.changed_meanwhile`` (not at ``expected_version`` any more), ``order.closed`` (cancelled or delivered),
    ``order.refused``, ``order.ref_taken`` (the other day has an order of that number), ``order.partner_changes`` and
    ``site.no_agreement``.
    """
    locked = _open(order, expected_version)
    if data.partner.pk != locked.partner_id:
        raise FieldsRefused(
            "order.partner_changes",
            {"partner": Text("提供先は変えられません。新しい注文にしてください。", "Make a new order for another partner.")},
        )
    _check(data)
    need_agreements(sites=[data.partner.site], day=data.delivery_date)
    for name in ("delivery_date", "window_from", "window_until", "children", "external_ref", "note"):
        setattr(locked, name, getattr(data, name))
    _mark_changed(locked)
    _save_with_number(locked)
    locked.excluded_allergens.set(data.excluded_allergens)
    _put_lines(locked, data.lines)
    order.refresh_from_db()
    return order


@transaction.atomic
def cancel_order(*, order: Order, actor: User, expected_version: int | None = None) -> Order:
    """The order is no longer wanted. Refuses ``order.closed`` and ``order.changed_meanwhile``."""
    locked = _open(order, expected_version)
    locked.status = OrderStatus.CANCELLED
    _mark_changed(locked)
    locked.save(update_fields=["status", "version", "changed_at"])
    order.refresh_from_db()
    return order


def _mark_changed(order: Order) -> None:
    order.version += 1
    order.changed_at = timezone.now()


def _save_with_number(order: Order) -> None:
    if order.source == OrderSource.IMPORT or not _OWN_NUMBER.fullmatch(order.ref):
        with _number_is_free():
            order.save()
        return

    def renumbered() -> None:
        order.ref = _Numbers({order.delivery_date}).next(order.delivery_date)
        order.save()

    try:
        with transaction.atomic():
            order.save()
    except IntegrityError:
        _numbered(renumbered)


def _put_lines(order: Order, lines: Sequence[LineData]) -> None:
    rows = OrderLine.everything.filter(order=order).select_related("category", "item")
    stored = {row.category.code if row.category else row.item.gtin if row.item else "": row for row in rows}
    for line in lines:
        row = stored.pop(line.key, None) or _line(order, line)
        row.quantity_g, row.quantity, row.withdrawn = line.quantity_g, line.quantity, False
        row.save()
    for row in stored.values():
        try:
            with transaction.atomic():
                row.delete()
        except ProtectedError:
            row.withdrawn = True
            row.save(update_fields=["withdrawn"])


def _stored(orders: Sequence[OrderData]) -> list[Order]:
    numbers = _Numbers({data.delivery_date for data in orders})
    rows = [
        Order(
            ref=data.ref or numbers.next(data.delivery_date),
            partner=data.partner,
            delivery_date=data.delivery_date,
            window_from=data.window_from,
            window_until=data.window_until,
            children=data.children,
            source=data.source,
            external_ref=data.external_ref,
            note=data.note,
        )
        for data in orders
    ]
    return Order.objects.bulk_create(rows, batch_size=_BATCH)


def _numbered(store: Callable[[], R]) -> R:
    """Numbers are chosen by one at a time, so that two people who order at once get two. Somebody may still bring the next number
    along in a file at this very moment; then it is chosen again."""
    OrderRules.objects.get_or_create(pk=1)
    lock_rows(OrderRules.objects.all(), [1])
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                return store()
        except IntegrityError:
            continue
    with _number_is_free():
        return store()


class _Numbers:
    """The next free ``H001`` of a day, for orders entered by hand or sent by a partner."""

    def __init__(self, days: Iterable[dt.date]) -> None:
        self._last: dict[dt.date, int] = {}
        rows = Order.objects.filter(delivery_date__in=list(days), ref__startswith="H").values_list("delivery_date", "ref")
        for day, ref in rows:
            own = _OWN_NUMBER.fullmatch(ref)
            if own is not None:
                self._last[day] = max(self._last.get(day, 0), int(own[1]))

    def next(self, day: dt.date) -> str:
        self._last[day] = self._last.get(day, 0) + 1
        return f"H{self._last[day]:03d}"


@contextmanager
def _number_is_free() -> Iterator[None]:
    """Raises ``order.ref_taken`` when what is stored inside meets an order of the same day and number."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise Refusal(
            "order.ref_taken", Text("この日の注文番号が重なっています。", "An order number of that day is taken.")
        ) from None


def _open(order: Order, expected_version: int | None) -> Order:
    locked = lock_rows(Order.objects.all(), [order.pk])[order.pk]
    if expected_version is not None and locked.version != expected_version:
        raise Refusal(
            "order.changed_meanwhile",
            Text(
                "この注文は、その間に変更されています。もう一度読み込んでから変えてください。",
                "This order has changed meanwhile. Load it again, then change it.",
            ),
            params={"ref": locked.ref},
            status=412,
        )
    if locked.status != OrderStatus.PLACED:
        raise Refusal(
            "order.closed",
            Text(f"この注文は{locked.get_status_display()}です。", f"This order is {locked.status}."),
            params={"ref": locked.ref, "status": locked.status},
        )
    return locked


def _line(order: Order, line: LineData) -> OrderLine:
    return OrderLine(order=order, category=line.category, item=line.item, quantity_g=line.quantity_g, quantity=line.quantity)


def _check(data: OrderData) -> None:
    faults = order_faults(
        window_from=data.window_from,
        window_until=data.window_until,
        children=data.children,
        lines=[(line.key, line.quantity_g, line.quantity) for line in data.lines],
    )
    if faults:
        raise FieldsRefused("order.refused", faults)
