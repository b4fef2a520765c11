"""What partners asked for and got in a period, how fair that was, what was wasted, and how far was driven for it (R13)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, Sum, When

from foodbank.core.dates import at
from foodbank.inventory.models import Movement, PlaceKind, Reason
from foodbank.inventory.selectors.flows import border_sums
from foodbank.partners.models import Order, OrderLine, OrderStatus
from foodbank.sites.models import Site
from logistics.allocation.fairness import DAYS, Fill, gini, lowest
from logistics.dispatch.models import Plan, PlanStatus, ShipmentProgress

_LIVE = (PlanStatus.PUBLISHED, PlanStatus.STARTED)


@dataclass(frozen=True, slots=True)
class Wasted:
    """Grams thrown away for one reason."""

    reason: Reason
    grams: int


@dataclass(frozen=True, slots=True)
class PartnerFill:
    site: Site
    fill: Fill


@dataclass(frozen=True, slots=True)
class Fairness:
    """The days ``first`` to ``last``. ``minimum`` and ``fifth`` (percentile) of the partners' fill rates; ``gini`` of the food per child;
    ``wasted`` by cause; metres driven by the plans that counted, and the grams that partners got."""

    first: dt.date
    last: dt.date
    partners: tuple[PartnerFill, ...]
    minimum: float
    fifth: float
    gini: float
    wasted: tuple[Wasted, ...]
    distance_m: int
    got_g: int

    @property
    def km_per_tonne(self) -> float | None:
        """Kilometres for a tonne that came to partners; ``None`` when nothing came."""
        return self.distance_m * 1_000 / self.got_g if self.got_g else None

    @property
    def wasted_g(self) -> int:
        return sum(one.grams for one in self.wasted)


def fills_before(day: dt.date) -> dict[int, Fill]:
    """By site, the 28 days before ``day``."""
    return _fills(day - dt.timedelta(days=DAYS), day - dt.timedelta(days=1))


def fairness(first: dt.date, last: dt.date) -> Fairness:
    """Six queries, however much there was."""
    fills = _fills(first, last)
    sites = Site.objects.in_bulk(fills)
    partners = [PartnerFill(sites[pk], fill) for pk, fill in fills.items()]
    partners.sort(key=lambda one: (one.fill.rate, one.site.code))
    driven = Plan.objects.filter(day__range=(first, last), status__in=_LIVE).aggregate(metres=Sum("distance_m"))["metres"]
    return Fairness(
        first=first,
        last=last,
        partners=tuple(partners),
        minimum=lowest(list(fills.values())),
        fifth=lowest(list(fills.values()), 0.05),
        gini=gini(list(fills.values())),
        wasted=_wasted(first, last),
        distance_m=driven or 0,
        got_g=sum(fill.got_g for fill in fills.values()),
    )


def _fills(first: dt.date, last: dt.date) -> dict[int, Fill]:
    """Three queries: asked for, children, handed over."""
    standing = {"delivery_date__range": (first, last), "status__in": (OrderStatus.PLACED, OrderStatus.DELIVERED)}
    orders = Order.objects.filter(**standing)
    children = dict(orders.values_list("partner__site").annotate(all_children=Sum("children")).order_by())
    grams = Case(
        When(quantity_g__isnull=False, then=F("quantity_g")),
        default=F("quantity") * F("item__unit_weight_g"),
        output_field=IntegerField(),
    )
    lines = OrderLine.objects.filter(order__in=orders).values_list("order__partner__site").annotate(asked=Sum(grams, default=0))
    asked = dict(lines.order_by())
    got = dict(
        ShipmentProgress.objects.filter(shipment__order_line__order__in=orders, dropped__gt=0)
        .values_list("shipment__order_line__order__partner__site")
        .annotate(grams=Sum(F("dropped") * F("shipment__grams") / F("shipment__quantity")))
        .order_by()
    )
    return {site: Fill(asked.get(site, 0), got.get(site, 0), children[site]) for site in children}


def _wasted(first: dt.date, last: dt.date) -> tuple[Wasted, ...]:
    start, end = at(first, dt.time()), at(last + dt.timedelta(days=1), dt.time())
    grams: Counter[str] = Counter()
    for one in border_sums(Movement.objects.filter(recorded_at__gte=start, recorded_at__lt=end)):
        if one.kind == PlaceKind.DISCARD:
            grams[one.why] -= one.net_g
    return tuple(Wasted(Reason(why), grams[why]) for why in sorted(grams) if grams[why])
