"""An area of a large day is planned by another process, and comes back as it would have been planned here."""

from __future__ import annotations

from pathlib import Path

import pytest
from celery import Celery

from deploy.tools import process
from logistics.dispatch.models import PartState, PlanPart
from logistics.dispatch.services.parts import PART_TASK, begin, found
from logistics.dispatch.services.planning import plan_area
from tests.factories.days import day, line, shelf
from tests.services import worker


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_a_worker_plans_a_part(redis_url: str, tmp_path: Path) -> None:
    facts = day(places={"P1": 2}, goods=[shelf("rice/1", 50)], lines=[line("O1/rice", "P1", 20)])
    batch = begin([facts], seconds=None, work=20, seed=1)
    part = PlanPart.objects.get(batch=batch)
    with worker.running(tmp_path, REDIS_URL=redis_url):
        for _ in range(2):  # delivered twice
            Celery(broker=redis_url).send_task(PART_TASK, args=(part.pk,))

        def done() -> bool:
            part.refresh_from_db()
            return part.state == PartState.DONE

        assert process.wait_until(done, seconds=30), process.tail(tmp_path / "worker.log")
    assert found(batch) == [plan_area(facts, None, 20, 1)]
    assert found(batch)[0].routes
