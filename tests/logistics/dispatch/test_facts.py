import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foodbank.accounts.services.system import system_user
from foodbank.catalog.models import Category, Item
from foodbank.catalog.services.carrying import keep_apart, limit_ride
from foodbank.core.dates import at
from foodbank.donations.models import Offer
from foodbank.inventory.models import Balance, Lot, ReservationPurpose
from foodbank.inventory.services.holds import hold_lot
from foodbank.inventory.services.releases import grant_release, request_release
from foodbank.inventory.services.reservations import reserve
from foodbank.partners.models import Order
from foodbank.sites.models import Agreement, Site
from logistics.allocation.facts import RideRule, VanPermit
from logistics.dispatch.models import MobileVisit, Plan, RouteProgress, StopProgress
from logistics.dispatch.selectors.facts import day_facts
from logistics.fleet.models import Permit, Shift, Vehicle
from tests.factories.accounts import UserFactory
from tests.factories.driving import a_plan, a_route
from tests.logistics.dispatch.conftest import DAY

pytestmark = pytest.mark.django_db


def goods(key):
    return next(g for g in day_facts(DAY).goods if g.key == key)


def test_every_gram_of_the_files_is_there(example_day):
    facts = day_facts(DAY)
    assert sum(g.grams for g in facts.goods if g.on_shelf) == sum(b.grams for b in Balance.objects.there())
    assert sum(g.quantity for g in facts.goods if not g.on_shelf) == sum(o.quantity for o in Offer.objects.all())
    assert {line.order for line in facts.lines} == {o.ref for o in Order.objects.all()}


def test_a_place_that_opens_twice_cuts_what_is_offered_and_ordered(example_day):
    offer, order = Offer.objects.select_related("donor__site").first(), Order.objects.select_related("partner__site").first()
    offer.ready_from, offer.ready_until = dt.time(10), dt.time(15)
    offer.save()
    order.window_from, order.window_until = dt.time(10), dt.time(15)
    order.save()
    sites = Site.objects.filter(pk__in=(offer.donor.site_id, order.partner.site_id))
    sites.update(opens=dt.time(8), closes=dt.time(20), pause_from=dt.time(12), pause_until=dt.time(14))
    hour = 3600

    def found():
        facts = day_facts(DAY)
        line = next(x for x in facts.lines if x.order == order.ref)
        return next(g for g in facts.goods if g.offer_id == offer.pk), line, facts.places[line.site]

    shop, line, place = found()
    assert (shop.window, shop.blocked, line.window, line.blocked) == ((10 * hour, 15 * hour), None, (10 * hour, 15 * hour), None)
    assert place.parts(line.window) == ((10 * hour, 12 * hour), (14 * hour, 15 * hour))
    sites.update(pause_from=dt.time(9))
    shop, line, _ = found()  # 9 to 14: what is left of 10 to 15 begins at 14
    assert (shop.window, line.window) == ((14 * hour, 15 * hour), (14 * hour, 15 * hour))
    sites.update(pause_until=dt.time(16))
    shop, line, _ = found()
    assert (shop.blocked, line.blocked) == ("closed", "closed")


def test_the_number_of_queries_does_not_grow_with_the_day(example_day):
    with CaptureQueriesContext(
        connection,
    ) as first:
        day_facts(DAY)
    some = Offer.objects.first()
    for number in range(30):
        some.pk, some.quantity = None, number + 1
        some.save()
    with CaptureQueriesContext(connection) as second:
        day_facts(DAY)
    assert len(second) == len(first) <= 30


def test_what_somebody_else_reserved_is_not_there(example_day):
    balance = Balance.objects.there().select_related("lot", "place").first()
    key = f"lot/{balance.lot_id}/{balance.place_id}"
    before = goods(key).quantity
    reserve(lot=balance.lot, place=balance.place, quantity=1, purpose=ReservationPurpose.OTHER, ref="棚卸用", actor=system_user())
    assert goods(key).quantity == before - 1


def test_a_held_lot_is_there_but_blocked(example_day):
    balance = Balance.objects.there().select_related("lot").first()
    hold_lot(lot=balance.lot, reason="破損", actor=system_user())
    assert goods(f"lot/{balance.lot_id}/{balance.place_id}").blocked == "inventory.held"


def test_a_lot_past_its_use_by_date_is_blocked(example_day):
    lot = Lot.objects.exclude(date_mark="none").first()
    Lot.objects.filter(pk=lot.pk).update(date_mark="use_by", last_day=DAY - dt.timedelta(days=1))
    found = [g for g in day_facts(DAY).goods if g.lot_id == lot.pk]
    assert {g.blocked for g in found} == {"inventory.expired_use_by"}


def test_a_release_by_two_people_lets_a_lot_past_its_best_before_date_be_planned(example_day):
    lot = Lot.objects.filter(date_mark="best_before", item__category__is_food=True).first()
    Lot.objects.filter(pk=lot.pk).update(last_day=DAY - dt.timedelta(days=1))
    lot.refresh_from_db()
    assert {g.blocked for g in day_facts(DAY).goods if g.lot_id == lot.pk} == {"inventory.past_best_before"}
    asked = request_release(lot=lot, until=DAY, grounds="保存試験 2026-11 の結果による", actor=system_user())
    grant_release(request=asked, actor=UserFactory.create())
    assert {(g.blocked, g.released) for g in day_facts(DAY).goods if g.lot_id == lot.pk} == {(None, True)}


def test_without_an_agreement_nothing_is_taken_or_given(example_day):
    offer = Offer.objects.select_related("donor").first()
    order = Order.objects.select_related("partner").first()
    Agreement.objects.filter(site__in=(offer.donor.site_id, order.partner.site_id)).delete()
    facts = day_facts(DAY)
    assert {g.blocked for g in facts.goods if g.site == offer.donor.site.code} == {"no_agreement"}
    assert {line.blocked for line in facts.lines if line.order == order.ref} == {"no_agreement"}


def test_without_a_permit_a_vehicle_stays_at_home(example_day):
    known = {v.code for v in day_facts(DAY).vans}
    gone = Permit.objects.select_related("vehicle").first()
    Permit.objects.filter(vehicle=gone.vehicle).delete()
    assert {v.code for v in day_facts(DAY).vans} == known - {gone.vehicle.code}


def test_unknown_allergens_count_as_contained(example_day):
    offer = Offer.objects.select_related("item").first()
    key = f"offer/{offer.pk}"
    stated = goods(key).allergens
    Item.objects.filter(pk=offer.item_id).update(allergens_stated=False)
    assert stated < goods(key).allergens
    assert "卵" in goods(key).allergens


def test_another_day_knows_nothing_of_this_ones_offers_and_orders(example_day):
    facts = day_facts(DAY - dt.timedelta(days=1))
    assert not facts.lines and not facts.sites and not facts.vans and not facts.goods


def test_limits_permits_and_rules_of_carrying_are_facts(example_day):
    Site.objects.filter(code="P001").update(max_height_cm=230, max_weight_kg=2_000)
    Site.objects.filter(code="M01").update(area=" 高松市", permit_class="80L")
    Vehicle.objects.filter(code="VAN1").update(height_cm=198, weight_kg=3_490)
    Permit.objects.filter(vehicle__code="CAR1").update(area="高松市、三木町", permit_class="200L")
    actor = system_user()
    bread, drink, meal = (Category.objects.get(code=code) for code in ("bread", "drink", "meal"))
    keep_apart(first=drink, second=bread, effective_from=DAY, actor=actor)
    keep_apart(first=drink, second=meal, effective_from=DAY + dt.timedelta(days=1), actor=actor)
    limit_ride(minutes=90, category=meal, zone="ambient", effective_from=DAY, actor=actor)
    facts = day_facts(DAY)
    assert (facts.places["P001"].max_height_cm, facts.places["P001"].max_weight_kg) == (230, 2_000)
    assert (facts.places["M01"].area, facts.places["M01"].permit_class) == ("高松市", "80L")
    vans = {v.code: v for v in facts.vans}
    assert (vans["VAN1"].height_cm, vans["VAN1"].weight_kg) == (198, 3_490)
    assert vans["CAR1"].permits == (VanPermit("200L", frozenset({"高松市", "三木町"})),)
    assert facts.apart == {frozenset({"bread", "drink"})}
    assert facts.ride_limits == (RideRule("meal", "ambient", 5_400),)


def test_a_time_counts_on_the_last_day_only(example_day):
    offer = Offer.objects.filter(item__date_mark="use_by").first() or Offer.objects.first()
    lot = Lot.objects.exclude(last_day=None).first()
    for day, seconds in ((DAY, 18 * 3600), (DAY + dt.timedelta(days=1), None)):
        Offer.objects.filter(pk=offer.pk).update(last_day=day, safe_until=dt.time(18))
        Lot.objects.filter(pk=lot.pk).update(last_day=day, safe_until=dt.time(18))
        assert goods(f"offer/{offer.pk}").safe_until_s == seconds
        assert {g.safe_until_s for g in day_facts(DAY).goods if g.lot_id == lot.pk} == {seconds}


@pytest.mark.parametrize(("on_its_way", "settled"), [("CAR2", ""), ("CAR1", "CAR1"), (None, "CAR1")])
def test_a_visit_to_which_another_car_is_on_its_way_is_no_longer_bound(example_day, on_its_way, settled):
    visit, car = MobileVisit.objects.filter(day=DAY).first(), Vehicle.objects.get(code="CAR1")
    visit.vehicle = car
    visit.save()
    Vehicle.objects.get_or_create(
        code="CAR2", defaults={"name": "見本", "kind": "kitchen_car", "depot": car.depot, "ambient_g": 1}
    )
    if on_its_way:
        actor = system_user()
        plan = a_plan(DAY, actor)
        route = a_route(plan, Vehicle.objects.get(code=on_its_way))
        when = at(DAY, dt.time(10))
        stop = route.stops.create(sequence=1, code="S0000001", site=visit.site, visit=visit, arrive=when, start=when, leave=when)
        StopProgress.objects.create(stop=stop, state="arrived", arrived_at=when, actor=actor)
        RouteProgress.objects.create(route=route, driver=actor, departed_at=when)
        Plan.objects.filter(pk=plan.pk).update(status="started")
    [found] = [site for site in day_facts(DAY).sites if site.key == f"visit/{visit.pk}"]
    assert found.vehicle == settled


def test_hours_are_shared_by_what_was_driven_in_four_weeks(example_day):
    """One drove 2 × 4 h, the other nothing: the mean is 4 h, so one has 48 min less than half the shift, the other 48 min more."""
    tired, rested = UserFactory.create(), UserFactory.create()
    van, car = Shift.objects.get(vehicle__code="VAN1"), Shift.objects.get(vehicle__code="CAR1")
    Shift.objects.filter(pk=van.pk).update(driver=tired)
    assert {v.fair_s for v in day_facts(DAY).vans} == {None}  # nobody to share with
    Shift.objects.filter(pk=car.pk).update(driver=rested)
    for back, counts in ((1, True), (28, True), (29, False)):
        day = DAY - dt.timedelta(days=back)
        left = at(day, dt.time(9))
        route = a_route(a_plan(day, tired), van.vehicle)
        RouteProgress.objects.create(
            route=route, driver=tired, departed_at=left, back_at=left + dt.timedelta(hours=4 if counts else 9)
        )
    vans = {v.code: v for v in day_facts(DAY).vans}
    assert (vans["VAN1"].fair_s, vans["CAR1"].fair_s) == (4 * 3600 - 48 * 60, 4.5 * 3600 + 48 * 60)  # shifts of 8 h and 9 h
    assert (vans["VAN1"].cost_per_s_over_fair, vans["VAN2"].fair_s, vans["VAN2"].cost_per_s_over_fair) == (1, None, 0)
