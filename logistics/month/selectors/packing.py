"""What each visit of a month takes along: the allocation's own rules (D5, D6, D7, D13, D20) on the stock as it will be judged that day,
visit after visit, what one takes being gone for the next."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from foodbank.catalog.models import Allergen, AllergenList
from foodbank.core.dates import today
from foodbank.donations.models import Offer, OfferStatus
from foodbank.inventory.models.places import PlaceKind
from foodbank.inventory.selectors.facts import allergens_by_list
from foodbank.inventory.selectors.stock import judged_on, stock_on
from foodbank.sites.models import Agreement, SiteKind
from logistics.allocation.allocate import allocate
from logistics.allocation.facts import Day, DaysLeftRule, Goods, SiteDemand, Van
from logistics.allocation.reach import Reach
from logistics.allocation.selectors.orderable import days_left_rules
from logistics.dispatch.selectors.facts import GRAMS_PER_HOUSEHOLD, offer_goods, place_of, shelf_goods
from logistics.month.models import Calendar, PlannedVisit
from logistics.month.policies import seconds
from logistics.month.selectors.planned import planned_visits
from logistics.month.selectors.question import Question, begun_visits, month_question

KINDS = 10
"""Different items that a visit should have at least."""
WORK = 0.02
"""CP-SAT's deterministic time for what one car takes along on one day."""


@dataclass(frozen=True, slots=True)
class Pack:
    """``units`` of ``goods`` for a visit; ``expected``: it is on its way, a shop has offered it."""

    goods: Goods
    units: int
    expected: bool

    @property
    def grams(self) -> int:
        return self.units * self.goods.unit_g


@dataclass(frozen=True, slots=True)
class VisitPack:
    """``packs`` for a visit that needs ``asked_g``, ``KINDS`` items or more. ``settled``: a published plan of the day drives there and has
    reserved its food, so that nothing is proposed."""

    visit: PlannedVisit
    asked_g: int
    packs: list[Pack]
    settled: bool

    @property
    def grams(self) -> int:
        return sum(pack.grams for pack in self.packs)

    @property
    def kinds(self) -> int:
        return len({pack.goods.gtin for pack in self.packs})

    @property
    def missing_g(self) -> int:
        return 0 if self.settled else max(0, self.asked_g - self.grams)

    @property
    def missing_kinds(self) -> int:
        return 0 if self.settled else max(0, KINDS - self.kinds)


@dataclass(frozen=True, slots=True)
class Packing:
    """``usable_g`` is, by category, what is there or expected that may go to the first of the visits."""

    question: Question
    visits: list[VisitPack]
    usable_g: dict[str, int]


def month_packing(calendar: Calendar) -> Packing:
    """A proposal for every visit from today on. A fixed number of queries, whatever the month holds (a test pins it)."""
    planned = planned_visits(calendar)
    question = month_question(calendar, planned)
    coming = [row for row in planned if row.day >= today()]
    begun = begun_visits(calendar)
    settled = {row.pk for row in coming if (row.candidate.site_id, row.day) in begun}
    if not coming:
        return Packing(question, [], {})
    depots = {car.depot.code for car in question.cars.values()}
    stock = _goods_by_day(sorted({row.day for row in coming}), depots)
    out = {(one.vehicle.pk, one.day): one for one in question.outings}
    rules = days_left_rules()
    taken: dict[str, int] = defaultdict(int)
    packs: dict[int, list[Pack]] = {}
    trips: dict[tuple[dt.date, int], list[PlannedVisit]] = defaultdict(list)
    for row in coming:
        if row.pk not in settled:
            trips[row.day, row.vehicle_id].append(row)
    for (day, vehicle), rows in sorted(trips.items()):
        one, together = out.get((vehicle, day)), sum(row.households for row in rows)
        if one is None:
            continue  # the car does not go out: the calendar says so
        for row in rows:
            goods = [replace(g, quantity=g.quantity - taken[g.key]) for g in stock[day] if g.quantity > taken[g.key]]
            packs[row.pk] = _chosen(question, _share(one.van, row.households, together), row, goods, rules)
            for pack in packs[row.pk]:
                taken[pack.goods.key] += pack.units
    usable: dict[str, int] = defaultdict(int)
    for g in stock[coming[0].day]:
        if g.is_food and g.for_households and not g.blocked:
            usable[g.category] += g.grams
    return Packing(
        question,
        [VisitPack(row, GRAMS_PER_HOUSEHOLD * row.households, packs.get(row.pk, []), row.pk in settled) for row in coming],
        dict(usable),
    )


def _share(van: Van, households: int, together: int) -> Van:
    """The room that one of the day's visits has in the car, by households."""
    ambient, chilled, frozen = (room * households // together for room in van.capacity_g)
    return replace(van, capacity_g=(ambient, chilled, frozen))


def _chosen(question: Question, van: Van, row: PlannedVisit, goods: list[Goods], rules: tuple[DaysLeftRule, ...]) -> list[Pack]:
    """What ``van`` takes along for one visit; its capacity is the visit's share of the car."""
    site = place_of(row.candidate.site)
    demand = SiteDemand(
        key=f"visit/{row.pk}",
        kind="visit",
        site=site.code,
        open_from_s=seconds(row.start),
        open_until_s=seconds(row.end),
        households=row.households,
        asked_g=GRAMS_PER_HOUSEHOLD * row.households,
        kinds=KINDS,
        row_id=row.pk,
    )
    depot = place_of(row.vehicle.depot)
    at_depot = tuple(g for g in goods if g.site == van.depot)
    facts = Day(
        date=row.day, places={site.code: site, depot.code: depot}, goods=at_depot, lines=(), sites=(demand,), vans=(van,), days_left=rules
    )  # fmt: skip
    answer = allocate(Reach(facts, question.travel_s), work=WORK)
    by_key = facts.goods_by_key()
    packs = [Pack(by_key[a.goods], a.units, by_key[a.goods].offer_id is not None) for a in answer.assignments]
    return sorted(packs, key=lambda pack: (pack.goods.zone, pack.goods.category, pack.goods.name, pack.goods.key))


def _goods_by_day(days: Sequence[dt.date], depots: set[str]) -> dict[dt.date, list[Goods]]:
    """What will be on the depots' shelves: today's stock that nobody has reserved, and from the day after on what shops have offered."""
    names = list(Allergen.objects.values_list("name", flat=True))
    shelf = [
        row
        for row in stock_on(today(), kinds=(PlaceKind.STORAGE,))
        if row.free > 0 and row.place.site is not None and row.place.site.kind == SiteKind.DEPOT
    ]
    judged = judged_on(shelf, days)
    offers = list(
        Offer.objects.filter(status=OfferStatus.OPEN, day__gte=today(), day__lt=days[-1])
        .select_related("donor__site", "item__category")
        .prefetch_related("item__allergens")
        .order_by("day", "donor__site__code", "item__gtin", "pk")
    )
    edition = AllergenList.objects.in_force(today())
    listed = allergens_by_list([edition.pk])[edition.pk]
    agreed = set(Agreement.objects.valid_on(today()).values_list("site_id", flat=True))
    found: dict[dt.date, list[Goods]] = {}
    for day in days:
        goods = [
            shelf_goods(row, site=row.place.site.code, free=row.free, names=names, day=day)
            for row in judged[day]
            if row.place.site is not None
        ]
        for offer in offers:
            if offer.day < day and depots:
                one = offer_goods(
                    offer, place=place_of(offer.donor.site), left=offer.quantity, agreed=offer.donor.site_id in agreed,
                    names=names, listed=listed, day=day,
                )  # fmt: skip
                goods.append(replace(one, site=min(depots), window=None))
        found[day] = goods
    return found
