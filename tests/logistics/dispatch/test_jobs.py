import datetime as dt

import pytest
from celery import current_app
from django.utils import timezone

from foodbank.accounts.services.system import system_user
from foodbank.core.errors import Refusal
from logistics.dispatch.models import JobState, Plan, PlanJob
from logistics.dispatch.planner.check import Fault
from logistics.dispatch.services import background, planning
from logistics.dispatch.services.background import teller
from logistics.dispatch.services.jobs import request_stop, run_job, start_planning
from tests.logistics.dispatch.conftest import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    """The broker is the edge of this process: what would be sent is remembered."""
    found = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args: found.append((name, *args)))
    return found


def start(**changes):
    return start_planning(day=DAY, actor=system_user(), seconds=1, **changes)


def test_a_job_is_sent_when_the_transaction_is_through(example_day, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = start()
        assert sent == []
    assert sent == [("dispatch.plan_job", job.pk)]


def test_a_job_makes_a_plan_and_says_so(example_day, sent):
    done = run_job(job_id=start().pk)
    assert done.state == JobState.DONE
    assert done.percent == 100
    assert done.plan == Plan.objects.get()


def test_a_task_delivered_twice_plans_once(example_day, sent):
    job = start()
    run_job(job_id=job.pk)
    assert run_job(job_id=job.pk) is None
    assert Plan.objects.count() == 1


def test_stopping_ends_early_and_keeps_a_plan(example_day, sent):
    job = start_planning(day=DAY, actor=system_user(), seconds=600)
    request_stop(job=job, actor=system_user())
    done = run_job(job_id=job.pk)
    assert done.state == JobState.DONE
    assert done.plan.routes.exists()


def test_one_job_a_day_at_a_time(example_day, sent):
    start()
    with pytest.raises(Refusal) as refused:
        start()
    assert refused.value.code == "dispatch.job_running"
    assert PlanJob.objects.count() == 1


@pytest.mark.parametrize(("state", "minutes"), [(JobState.WAITING, 6), (JobState.RUNNING, 16)])
def test_a_job_whose_worker_has_gone_makes_room(example_day, sent, state, minutes):
    """Lost is five minutes after it should have been taken up, or, with 600 s to plan, fifteen minutes after it began."""
    long_ago = timezone.now() - dt.timedelta(minutes=minutes)
    gone = start_planning(day=DAY, actor=system_user(), seconds=600)
    PlanJob.objects.filter(pk=gone.pk).update(state=state, created_at=long_ago, started_at=long_ago)
    gone.refresh_from_db()
    assert not gone.runs
    assert not gone.lost(timezone.now() - dt.timedelta(minutes=2))
    start()
    gone.refresh_from_db()
    assert gone.state == JobState.FAILED
    assert run_job(job_id=gone.pk) is None


def test_a_job_that_tells_how_far_it_is_is_not_lost(example_day, sent):
    """A day of many depots, planned part by part: 10 s for each, begun half an hour ago."""
    now = timezone.now()
    job = start_planning(day=DAY, actor=system_user(), seconds=10)
    PlanJob.objects.filter(pk=job.pk).update(state=JobState.RUNNING, started_at=now - dt.timedelta(minutes=30))
    job.refresh_from_db()
    assert not job.runs
    teller(job)(0.5, "route")
    job.refresh_from_db()
    assert job.runs
    assert job.lost(now + dt.timedelta(minutes=6))


def test_a_day_without_anything_ends_with_the_reason(db, sent):
    done = run_job(job_id=start().pk)
    assert done.state == JobState.FAILED
    assert "取り込んで" in done.message_ja


def test_a_rejected_plan_is_not_stored_and_the_page_says_so(example_day, sent, monkeypatch):
    monkeypatch.setattr(planning, "check_plan", lambda facts, plan: [Fault("capacity", "VAN1")])
    done = run_job(job_id=start().pk)
    assert done.state == JobState.FAILED
    assert "検査" in done.message_ja
    assert not Plan.objects.exists()


def test_progress_only_goes_on_the_page_now_and_then(example_day, sent, monkeypatch):
    job = start()
    clock = iter([0.0, 0.1, 0.2, 1.0])
    monkeypatch.setattr(background.time, "monotonic", lambda: 100 + next(clock))
    tell = background.teller(job)
    seen = []
    for part in (0.1, 0.2, 0.3, 0.4):
        tell(part, "route")
        seen.append(PlanJob.objects.get(pk=job.pk).percent)
    assert seen == [10, 10, 10, 40]
