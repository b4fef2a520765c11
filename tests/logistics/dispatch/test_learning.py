"""What is learned from drives that happened: made-up histories on the great circle.

A shop lies 0.03° north of the depot: 3,335.8 m by air × 1.3 ÷ 24 km/h = 650.5 s, said as 651 s.
"""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command

from foodbank.core.dates import at, today
from foodbank.sites.models import SiteKind
from logistics.dispatch.models import PlanStatus, RouteBreak, RouteProgress, Stop, StopProgress, StopState
from logistics.dispatch.services.learning import learn_paces
from logistics.fleet.models import Vehicle
from logistics.travel.models import LearnedPair, PaceBand
from logistics.travel.selectors.paces import pace_of
from tests.factories import SiteFactory, UserFactory
from tests.factories.driving import a_plan, a_route

pytestmark = pytest.mark.django_db
SAID_S = 651


class History:
    """One drive out and back on each of the days before today."""

    def __init__(self):
        self.driver = UserFactory.create()
        self.depot = SiteFactory.create(kind=SiteKind.DEPOT, latitude=34.30, longitude=134.0)
        self.shop = SiteFactory.create(kind=SiteKind.DONOR, latitude=34.33, longitude=134.0)
        self.van = Vehicle.objects.create(code="VAN7", name="見本の車", depot=self.depot, ambient_g=500_000)
        self.days = 0

    def out(self, factor, *, hour=8, state=StopState.DONE, pause=False, status=PlanStatus.STARTED, scanned=True):
        """Out at ``hour`` in ``factor`` times the time said; fifteen minutes there; nobody pressed for the way back."""
        self.days += 1
        plan = a_plan(today() - dt.timedelta(days=self.days), self.driver)
        plan.status = status
        plan.save()
        route = a_route(plan, self.van)
        leave = at(plan.day, dt.time(hour))
        there = leave + dt.timedelta(seconds=round(factor * SAID_S))
        done = there + dt.timedelta(minutes=15)
        route.depart, route.back = leave, done + dt.timedelta(seconds=SAID_S)
        route.save()
        stop = Stop.objects.create(
            route=route, sequence=1, code=f"S-{self.days}", site=self.shop, arrive=there, start=there, leave=done
        )
        RouteProgress.objects.create(route=route, driver=self.driver, departed_at=leave)
        times = {"arrived_at": there if scanned else None, "closed_at": done}
        reason = {"fail_reason": "closed"} if state == StopState.FAILED else {}
        StopProgress.objects.create(stop=stop, state=state, actor=self.driver, **times, **reason)
        if pause:
            RouteBreak.objects.create(route=route, start=leave, end=leave + dt.timedelta(minutes=1))
        return route


@pytest.fixture
def history(db):
    return History()


def test_a_pair_is_learned_from_five_drives_and_again_changes_nothing(history):
    """Each took 1.4 times as long: 100 + 40 × 5 ÷ (5 + 5) = 120 %."""
    for _ in range(4):
        history.out(1.4)
    assert learn_paces() == (4, 0)
    history.out(1.4)
    assert learn_paces() == (5, 1)
    row = LearnedPair.objects.get()
    assert (row.origin, row.target, row.percent, row.drives, row.learned_on) == (history.depot, history.shop, 120, 5, today())
    before = list(LearnedPair.objects.values("origin", "target", "percent", "drives", "learned_on"))
    assert learn_paces() == (5, 1)
    assert list(LearnedPair.objects.values("origin", "target", "percent", "drives", "learned_on")) == before


def test_lunch_forgotten_scans_and_failed_stops_are_left_out(history):
    for _ in range(5):
        history.out(1.4)
    history.out(6.0)  # lunch on the way
    history.out(0.1)  # pressed on leaving, not on arriving
    history.out(2.0, pause=True)  # a planned break lies in it
    history.out(2.0, state=StopState.FAILED)
    history.out(2.0, scanned=False)
    history.out(2.0, status=PlanStatus.DRAFT)
    assert learn_paces() == (5, 1)
    assert LearnedPair.objects.get().percent == 120


def test_a_few_wrong_times_do_not_move_the_median(history):
    """Seven at 1.4, three within belief but far off: the median of ten is 1.4: 100 + 40 × 10 ÷ 15 = 126.7, 127 %."""
    for factor in (1.4,) * 7 + (3.9, 0.5, 3.8):
        history.out(factor)
    learn_paces()
    assert LearnedPair.objects.get().percent == 127


def test_a_band_learns_from_the_drives_of_its_hours(history):
    """20 before nine at 1.5: 100 + 50 × 20 ÷ 25 = 140 %. The afternoon has too few to say."""
    morning = PaceBand.objects.create(start_min=7 * 60, end_min=9 * 60)
    afternoon = PaceBand.objects.create(start_min=13 * 60, end_min=17 * 60)
    for _ in range(20):
        history.out(1.5, hour=8)
    for _ in range(3):
        history.out(1.0, hour=14)
    learn_paces()
    morning.refresh_from_db()
    afternoon.refresh_from_db()
    assert (morning.learned_percent, morning.learned_drives, morning.learned_on) == (140, 20, today())
    assert (afternoon.learned_percent, afternoon.learned_drives) == (None, 3)
    assert morning.counts == 100  # nobody has said that it should count
    morning.use_learned = True
    assert morning.counts == 140


def test_the_way_back_counts_once_the_driver_says_that_the_van_is_back(history):
    for _ in range(5):
        route = history.out(1.0)
        RouteProgress.objects.filter(route=route).update(back_at=route.back)
    assert learn_paces() == (10, 2)
    assert LearnedPair.objects.get(origin=history.shop).percent == 100


def test_what_is_learned_counts_where_it_is_switched_on_and_only_where_the_sites_still_are(history):
    for _ in range(5):
        history.out(1.4)
    band = PaceBand.objects.create(start_min=0, end_min=24 * 60, percent=110)
    learn_paces()
    places = {site.code: site for site in (history.depot, history.shop)}
    assert pace_of(places).pairs == ()
    PaceBand.objects.filter(pk=band.pk).update(use_learned=True)
    assert [(p.origin, p.target, p.percent) for p in pace_of(places).pairs] == [(history.depot.code, history.shop.code, 120)]
    history.shop.latitude = 34.35
    assert pace_of(places).pairs == ()


def test_what_is_older_than_the_window_is_forgotten(history):
    for _ in range(5):
        history.out(1.4)
    learn_paces()
    assert learn_paces(until=today() + dt.timedelta(days=90)) == (0, 0)
    assert not LearnedPair.objects.exists()


def test_the_command_says_what_it_found(history):
    for _ in range(5):
        history.out(1.4)
    out = StringIO()
    call_command("learn_paces", stdout=out)
    assert out.getvalue().strip() == "走行 / drives 5   区間 / pairs 1"
