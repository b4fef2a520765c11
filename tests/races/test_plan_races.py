"""Planning and publishing by several people at the same moment."""

from __future__ import annotations

import pytest
from celery import current_app
from django.core.management import call_command

from foodbank.accounts.services.system import system_user
from foodbank.core.errors import Refusal
from foodbank.inventory.models import Balance
from logistics.dispatch.models import Plan, PlanJob, PlanStatus, Shipment
from logistics.dispatch.services.jobs import start_planning
from logistics.dispatch.services.planning import make_plan
from logistics.dispatch.services.publishing import publish
from tests.logistics.dispatch.conftest import DAY, WORK
from tests.races.parallel import at_once, faults
from tests.shared_data import EXAMPLE

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_those_who_ask_at_once_starts_the_planning(monkeypatch: pytest.MonkeyPatch):
    sent: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args: sent.append(name))
    actor = system_user()
    results = at_once([lambda: start_planning(day=DAY, actor=actor, seconds=1) for _ in range(4)])
    assert faults(results, Refusal) == []
    assert sorted(one.code for one in results if isinstance(one, Refusal)) == ["dispatch.job_running"] * 3
    assert PlanJob.objects.count() == len(sent) == 1


def test_drafts_published_at_once_replace_one_another_and_the_last_stands_with_its_food():
    call_command("import_day", str(EXAMPLE / "day"), date=DAY.isoformat())
    actor = system_user()
    plans = [make_plan(day=DAY, actor=actor, work=WORK, seed=seed) for seed in (1, 2, 3)]
    results = at_once([lambda plan=plan: publish(plan=plan, actor=actor) for plan in plans])
    assert [one for one in results if isinstance(one, Exception)] == []
    assert Plan.objects.filter(status=PlanStatus.REPLACED).count() == 2
    stands = Plan.objects.get(status=PlanStatus.PUBLISHED)
    taken = sum(s.quantity for s in Shipment.objects.filter(plan=stands, lot__isnull=False))
    assert sum(b.reserved for b in Balance.objects.inside()) == taken > 0
