"""A partner's orders as it may see them: what was asked, what the plan gives, what came, and why less."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from foodbank.core.errors import Text
from foodbank.partners.models import Order, OrderLine, OrderRules, OrderStatus
from foodbank.partners.policies import cut_off_refusal
from foodbank.partners.selectors import cut_off_for, order_rules
from logistics.dispatch.models import FailReason, PlanStatus, Shipment, StopState, Unserved, UnservedKind

LIVE = (PlanStatus.PUBLISHED, PlanStatus.STARTED)
FAILED = {
    FailReason.CLOSED: "It was closed",
    FailReason.ABSENT: "Nobody was there",
    FailReason.REFUSED: "The goods were turned away",
    FailReason.NO_ACCESS: "The vehicle could not get in",
    FailReason.TOO_LATE: "It was too late",
    FailReason.VEHICLE: "The vehicle broke down",
    FailReason.CALLED_OFF: "It was called off",
    FailReason.OTHER: "Something else went wrong",
}


@dataclass(frozen=True, slots=True)
class Amount:
    units: int = 0
    grams: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.units + other.units, self.grams + other.grams)


@dataclass(frozen=True, slots=True)
class OwnLine:
    """``allocated`` is what the published plan brings; ``None`` until there is one that knows the line. ``reason``: a stable code, and
    ``why`` the sentence, when less comes than was asked for."""

    line: OrderLine
    allocated: Amount | None
    delivered: Amount
    reason: str = ""
    why: Text | None = None


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """``until``: the cut-off; ``open``: the partner may still change or cancel it."""

    order: Order
    until: dt.datetime
    open: bool
    excluded: tuple[str, ...]
    lines: list[OwnLine] = field(default_factory=list)

    @property
    def asked_g(self) -> int:
        return sum(one.line.asked_g for one in self.lines)

    @property
    def allocated_g(self) -> int | None:
        known = [one.allocated.grams for one in self.lines if one.allocated is not None]
        return sum(known) if known else None

    @property
    def delivered_g(self) -> int:
        return sum(one.delivered.grams for one in self.lines)


@dataclass(frozen=True, slots=True)
class _Became:
    """By line: what the live plan brings, what was handed over under whichever plan, and why a stop of the live plan failed; by day and
    reference, what the live plan leaves out."""

    missing: dict[tuple[dt.date, str], Unserved]
    planned: dict[int, Amount] = field(default_factory=lambda: defaultdict(Amount))
    delivered: dict[int, Amount] = field(default_factory=lambda: defaultdict(Amount))
    failed: dict[int, FailReason] = field(default_factory=dict)


def orders_of(partner_pk: int) -> QuerySet[Order]:
    """The partner's orders, newest first, with what :func:`own_orders` reads of them."""
    return (
        Order.objects.filter(partner=partner_pk)
        .select_related("partner__site")
        .prefetch_related("lines__category", "lines__item", "excluded_allergens")
        .order_by("-pk")
    )


def own_orders(orders: Sequence[Order], *, now: dt.datetime) -> list[OwnOrder]:
    """``orders``, read by :func:`orders_of`, with what became of them; three queries more, however many they are."""
    rules = order_rules() if orders else OrderRules()
    became = _became(orders)
    found = []
    for order in orders:
        until = cut_off_for(order.delivery_date, rules)
        in_time = cut_off_refusal(order.delivery_date, cut_off=until, now=now) is None
        found.append(
            OwnOrder(
                order=order,
                until=until,
                open=in_time and order.status == OrderStatus.PLACED,
                excluded=tuple(one.name for one in order.excluded_allergens.all()),
                lines=[_own_line(order, line, became) for line in order.lines.all()],
            )
        )
    return found


def _own_line(order: Order, line: OrderLine, became: _Became) -> OwnLine:
    left = became.missing.get((order.delivery_date, line_ref(order, line)))
    failed = became.failed.get(line.pk)
    reason, why = "", None
    if failed is not None:
        reason, why = failed.value, Text(str(failed.label), FAILED[failed])
    elif left is not None:
        reason, why = left.reason, Text(left.reason_ja, left.reason_en)
    allocated = became.planned.get(line.pk, Amount() if left is not None else None)
    return OwnLine(line, allocated, became.delivered.get(line.pk, Amount()), reason, why)


def line_ref(order: Order, line: OrderLine) -> str:
    """What plans call the line, from rows in memory (``line.ref`` would ask for the order again)."""
    return f"{order.ref}/{line.category.code if line.category else line.item.gtin if line.item else ''}"


def _became(orders: Sequence[Order]) -> _Became:
    became = _Became(missing=_missing(orders))
    lines = [line.pk for order in orders for line in order.lines.all()]
    rows = Shipment.objects.filter(order_line__in=lines).filter(Q(plan__status__in=LIVE) | Q(progress__dropped__gt=0))
    names = (
        "order_line_id", "quantity", "grams", "plan__status", "progress__dropped", "progress__lot__unit_weight_g",
        "drop_stop__progress__state", "drop_stop__progress__fail_reason",
    )  # fmt: skip
    for line, units, grams, status, dropped, unit_g, state, reason in rows.values_list(*names):
        if status in LIVE:
            became.planned[line] += Amount(units, grams)
            if state == StopState.FAILED:
                became.failed[line] = FailReason(reason)
        if dropped:
            became.delivered[line] += Amount(dropped, dropped * (unit_g or grams // units))
    return became


def _missing(orders: Iterable[Order]) -> dict[tuple[dt.date, str], Unserved]:
    wanted = [line_ref(order, line) for order in orders for line in order.lines.all()]
    days = {order.delivery_date for order in orders}
    rows = (
        Unserved.objects.filter(kind=UnservedKind.ORDER_LINE, plan__status__in=LIVE, plan__day__in=days, ref__in=wanted)
        .select_related("plan")
        .defer("plan__document")
    )
    return {(row.plan.day, row.ref): row for row in rows}
