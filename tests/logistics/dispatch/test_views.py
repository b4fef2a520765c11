"""The day page and what can be done on it."""

from __future__ import annotations

import datetime as dt
import json
import math
from io import BytesIO
from zipfile import ZipFile

import pypdfium2
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from foodbank.accounts.services.system import system_user
from foodbank.core.dates import today
from foodbank.donations.models import Offer
from foodbank.partners.models import OrderLine
from logistics.dispatch.models import (
    FailReason,
    JobState,
    Plan,
    PlanJob,
    PlanStatus,
    Shipment,
    ShipmentProgress,
    Stop,
    StopProgress,
    StopState,
)
from logistics.dispatch.services.jobs import run_job
from logistics.dispatch.services.planning import make_plan
from logistics.dispatch.services.publishing import publish
from logistics.fleet.models import Shift, Vehicle
from tests.factories import UserFactory, stocked
from tests.factories.driving import a_plan, a_route
from tests.logistics.dispatch.conftest import DAY, WORK, draft_of_the_example
from tests.shared_data import day_dir

pytestmark = pytest.mark.django_db
PAGE = "dispatch:day"
# session, user, roles; current plan, newest plan; routes, stops, breaks, shipments, unserved; offers; orders, lines, categories, items,
# excluded allergens; slots; visits; pickup days; stock with its lots' allergens and lists; flows of the day (2); shifts; job: 26
# what wants a person: settled, receipts, refused scans, letters, calls, call-offs, vehicles without a driver: 7
# For a day that is over, what was on hand is two sums over the ledger (one more) and nobody asks for drivers (one less).
QUERIES = 33
# failed stops, goods left aboard, orders and offers that the plan does not know
QUERIES_OF_A_LIVE_PLAN = 4


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


def shown(client: Client, day: dt.date = DAY, **query: str) -> str:
    answer = client.get(reverse(PAGE, args=[day]), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def plan(db: None) -> Plan:
    return draft_of_the_example()


def test_what_the_vehicles_cost_stands_on_the_day_once_one_has_a_price(staff: Client, plan: Plan):
    assert "車両の費用" not in shown(staff)
    Vehicle.objects.update(yen_per_day=3_000, yen_per_km=40)
    again = make_plan(day=DAY, actor=system_user(), work=WORK)
    total = sum(3_000 + math.ceil(40 * route["distance_m"] / 1000) for route in again.document["routes"])
    assert total > 3_000
    assert f"<dt>車両の費用</dt><dd>{total:,}円</dd>" in shown(staff)


def test_today_is_today_in_japan_or_the_day_asked_for(staff: Client):
    assert staff.get(reverse("dispatch:today"))["Location"] == reverse(PAGE, args=[today()])
    assert staff.get(reverse("dispatch:today"), {"day": "2026-12-05"})["Location"] == reverse(PAGE, args=[DAY])
    assert staff.get(reverse("dispatch:today"), {"day": "nonsense"})["Location"] == reverse(PAGE, args=[today()])


@pytest.mark.parametrize("path", ["/day/2026-02-30/", "/day/2026-13-01/", "/day/soon/", "/day/9999-12-31/", "/day/0001-01-01/"])
def test_days_that_do_not_exist_are_not_found(staff: Client, path: str):
    assert staff.get(path).status_code == 404


def test_an_empty_day_says_what_to_do_first(staff: Client):
    page = shown(staff)
    assert "この日の予定はまだありません" in page
    assert reverse("dayfiles:upload") in page


def test_a_day_before_planning(staff: Client, example_day: dt.date):
    page = shown(staff)
    assert "計画はまだありません" in page
    assert "配送計画がまだありません" in page  # needs attention
    assert 'form="plan-form"' in page  # the main action of a phone
    assert "<svg" in page


def test_the_plan_stands_on_the_page_as_map_chart_and_tables(staff: Client, plan: Plan):
    page = shown(staff)
    for route in plan.routes.select_related("vehicle"):
        assert f'id="route-{route.vehicle.code}"' in page
        assert reverse("sheets:route", args=[DAY, route.vehicle.code]) in page
    for stop in Stop.objects.filter(route__plan=plan).select_related("site"):
        assert stop.site.name in page
    for row in plan.unserved.all():
        assert row.ref in page
        assert row.reason_ja in page
        assert row.reason_en in page  # both languages
    assert page.count("<polyline") == plan.routes.count()
    assert reverse("dispatch:publish", args=[plan.pk]) in page


def test_one_vehicle_can_be_looked_at_alone(staff: Client, plan: Plan):
    code = plan.routes.select_related("vehicle")[0].vehicle.code
    page = shown(staff, vehicle=code)
    assert page.count('aria-current="true"') == 1
    assert 'faded"' in page or plan.routes.count() == 1
    assert 'faded"' not in shown(staff, vehicle="NONE")


def test_with_many_routes_only_the_chosen_ones_table_is_on_the_page(staff: Client, plan: Plan, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("logistics.dispatch.selectors.day_page.ROUTES_IN_FULL", 1)
    codes = list(plan.routes.order_by("vehicle__code").values_list("vehicle__code", flat=True))
    assert len(codes) > 1
    assert shown(staff).count("積むもの</th>") == 0
    page = shown(staff, vehicle=codes[0])
    assert page.count("積むもの</th>") == 1
    assert f"?vehicle={codes[1]}#route-{codes[1]}" in page


def test_expired_and_expiring_stock_wants_attention(staff: Client):
    for days in (-1, 0, 1, 9):
        stocked(3, last_day=today() + dt.timedelta(days=days))  # 3 × 1 kg each
    page = shown(staff, today()).replace("\N{NO-BREAK SPACE}", " ")
    assert "期限を過ぎた在庫が 1 ロットあります（3.0 kg）" in page
    assert "今日が期限の在庫が 1 ロットあります（3.0 kg）" in page
    assert "明日が期限の在庫が 1 ロットあります（3.0 kg）" in page


@pytest.mark.parametrize("name", ["example", "takamatsu", "takamatsu-large"])
def test_the_page_asks_equally_often_however_large_the_day(staff: Client, name: str, capsys: pytest.CaptureFixture[str]):
    call_command("import_day", str(day_dir(name)), date=DAY.isoformat())
    shown(staff)  # a first visit reads what stays in memory
    with CaptureQueriesContext(connection) as caught:
        shown(staff)
    assert len(caught) <= QUERIES - 5  # no routes, stops, breaks, shipments, unserved
    plan = a_plan_of_everything()
    routes = plan.routes.count()
    with CaptureQueriesContext(connection) as caught:
        assert shown(staff).count('id="route-') == routes
    names_items = OrderLine.objects.filter(item__isnull=False).exists()
    assert len(caught) == QUERIES - (not names_items)  # items are asked for where an order names one
    Plan.objects.update(status=PlanStatus.PUBLISHED)
    failed = list(Stop.objects.exclude(site__kind="depot")[:30])
    for stop in failed:
        StopProgress.objects.create(stop=stop, state=StopState.FAILED, fail_reason=FailReason.CLOSED, actor=plan.actor)
    with CaptureQueriesContext(connection) as live:
        assert shown(staff).count('value="stop/') == len(failed) > 10
    assert len(live) == len(caught) + QUERIES_OF_A_LIVE_PLAN


def a_plan_of_everything() -> Plan:
    """Every offer of the day is brought to the depot, by all its vehicles in turn: as large as the day, and made without planning."""
    plan = a_plan(DAY, system_user())
    routes = [a_route(plan, shift.vehicle) for shift in Shift.objects.filter(day=DAY).select_related("vehicle__depot")]
    home = {
        route.pk: Stop.objects.create(
            route=route,
            sequence=999,
            code=f"H{route.pk}",
            site=route.vehicle.depot,
            arrive=route.back,
            start=route.back,
            leave=route.back,
        )
        for route in routes
    }
    for number, offer in enumerate(Offer.objects.filter(day=DAY).select_related("donor__site", "item").order_by("pk")):
        route = routes[number % len(routes)]
        stop = Stop.objects.create(
            route=route, sequence=number + 1, code=f"T{number}", site=offer.donor.site, arrive=route.depart, start=route.depart,
            leave=route.depart,
        )  # fmt: skip
        shipment = Shipment.objects.create(
            plan=plan, unit=f"u{number}", item=offer.item, quantity=offer.quantity, grams=offer.grams, zone=offer.item.zone, offer=offer,
            pick_stop=stop, drop_stop=home[route.pk],
        )  # fmt: skip
        ShipmentProgress.objects.create(shipment=shipment)
    return plan


def test_planning_is_started_shown_and_over(staff: Client, example_day: dt.date, django_capture_on_commit_callbacks):
    answer = staff.post(reverse("dispatch:plan_start", args=[DAY]), {"seconds": "1"})
    assert answer.status_code == 302
    job = PlanJob.objects.get()
    assert (job.day, job.seconds, job.state) == (DAY, 1, JobState.WAITING)
    page = shown(staff)
    assert f'hx-get="{reverse("dispatch:job", args=[job.pk])}"' in page
    assert "ここで止めて使う" in page
    part = staff.get(reverse("dispatch:job", args=[job.pk]), headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<progress" in part.content.decode()
    assert "<html" not in part.content.decode()
    run_job(job_id=job.pk)
    over = staff.get(reverse("dispatch:job", args=[job.pk]), headers={"HX-Request": "true"})
    assert over["HX-Redirect"] == reverse(PAGE, args=[DAY])
    assert "計画ができました" in shown(staff)
    assert Plan.objects.filter(day=DAY).count() == 1


def test_without_a_script_the_progress_is_read_by_reloading(staff: Client, example_day: dt.date):
    staff.post(reverse("dispatch:plan_start", args=[DAY]), {"seconds": "1"})
    job = PlanJob.objects.get()
    assert staff.get(reverse("dispatch:job", args=[job.pk]))["Location"] == reverse(PAGE, args=[DAY])


def test_stopping_is_asked_for_and_said(staff: Client, example_day: dt.date):
    staff.post(reverse("dispatch:plan_start", args=[DAY]), {"seconds": "5"})
    job = PlanJob.objects.get()
    staff.post(reverse("dispatch:job_stop", args=[job.pk]))
    job.refresh_from_db()
    assert job.stop_requested
    page = shown(staff)
    assert "ここまでの一番よい計画を使います" in page
    assert "ここで止めて使う" not in page


def test_a_job_that_nobody_takes_says_whom_to_ask(staff: Client, example_day: dt.date):
    staff.post(reverse("dispatch:plan_start", args=[DAY]), {"seconds": "5"})
    assert "計算の係がまだ受け取っていません" not in shown(staff)
    PlanJob.objects.update(created_at=timezone.now() - dt.timedelta(seconds=31))
    assert "計算の係がまだ受け取っていません" in shown(staff)


@pytest.mark.parametrize("seconds", ["", "soon", "0", "601", "nan", "inf"])
def test_planning_for_no_time_or_for_ever_is_refused(staff: Client, example_day: dt.date, seconds: str):
    answer = staff.post(reverse("dispatch:plan_start", args=[DAY]), {"seconds": seconds}, follow=True)
    assert not PlanJob.objects.exists()
    assert "計算時間は1〜600秒" in answer.content.decode()


def test_a_failed_job_says_why(staff: Client):
    job = PlanJob.objects.create(
        day=DAY, state=JobState.FAILED, message_ja="車両がありません。", message_en="x", actor=system_user()
    )
    page = shown(staff)
    assert "計画を作れませんでした" in page
    assert job.message_ja in page


def test_publishing(staff: Client, plan: Plan):
    answer = staff.post(reverse("dispatch:publish", args=[plan.pk]), follow=True)
    plan.refresh_from_db()
    assert plan.status == PlanStatus.PUBLISHED
    assert "計画を確定しました" in answer.content.decode()
    assert "この計画で確定する" not in shown(staff)


def test_publishing_twice_says_why_not(staff: Client, plan: Plan):
    publish(plan=plan, actor=system_user())
    answer = staff.post(reverse("dispatch:publish", args=[plan.pk]), follow=True)
    assert "すでに確定しているか" in answer.content.decode()


def test_a_newer_draft_can_replace_the_published_plan(staff: Client, plan: Plan):
    publish(plan=plan, actor=system_user())
    newer = make_plan(day=DAY, actor=system_user(), work=WORK, seed=2)
    assert reverse("dispatch:publish", args=[newer.pk]) in shown(staff)
    staff.post(reverse("dispatch:publish", args=[newer.pk]))
    plan.refresh_from_db()
    assert plan.status == PlanStatus.REPLACED


def test_the_plan_as_data(staff: Client, plan: Plan):
    answer = staff.get(reverse("dispatch:plan_json", args=[plan.pk]))
    assert answer["Content-Type"] == "application/json"
    assert json.loads(answer.content) == plan.document
    assert json.loads(answer.content)["date"] == "2026-12-05"


def test_the_code_of_a_stop_opens_its_route(staff: Client, plan: Plan):
    stop = Stop.objects.filter(route__plan=plan).select_related("route__vehicle").first()
    assert stop is not None
    first = staff.get(reverse("inventory:code", args=[stop.code]))
    assert first["Location"] == reverse("dispatch:stop", args=[stop.code])
    assert staff.get(first["Location"])["Location"].endswith(f"#route-{stop.route.vehicle.code}")


def test_route_sheets_from_the_page(staff: Client, plan: Plan):
    codes = sorted(plan.routes.values_list("vehicle__code", flat=True))
    one = staff.get(reverse("sheets:route", args=[DAY, codes[0]]))
    text = pypdfium2.PdfDocument(BytesIO(b"".join(one.streaming_content)))[0].get_textpage().get_text_range()
    assert codes[0] in text
    everything = staff.get(reverse("sheets:all", args=[DAY]))
    names = ZipFile(BytesIO(b"".join(everything.streaming_content))).namelist()
    assert sorted(names) == [f"{code}.pdf" for code in codes]
    assert staff.get(reverse("sheets:route", args=[DAY, "NONE"])).status_code == 404
