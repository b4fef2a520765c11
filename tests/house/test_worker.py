"""A job sent to a queue is done by another process, on Redis as on the file queue, and shows in the database."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings
from django.utils import timezone

from deploy.tools import process
from foodbank.celery import app
from foodbank.inventory.models import Reservation, ReservationPurpose, ReservationState
from foodbank.inventory.services.reservations import reserve
from tests.factories import UserFactory, stocked
from tests.services import worker

TASK = "inventory.expire_reservations"


def _overdue() -> Reservation:
    """Five of ten units kept until a minute ago."""
    lot, place = stocked(10)
    minute_ago = timezone.now() - dt.timedelta(minutes=1)
    kept = reserve(lot=lot, place=place, quantity=5, purpose=ReservationPurpose.OTHER, ref="T1", actor=UserFactory.create())
    Reservation.objects.filter(pk=kept.pk).update(expires_at=minute_ago)
    return kept


def _wait_until_expired(kept: Reservation, log: Path) -> None:
    def expired() -> bool:
        kept.refresh_from_db()
        return kept.state == ReservationState.EXPIRED

    assert process.wait_until(expired, seconds=20), process.tail(log)


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_a_worker_on_redis_does_the_job(redis_url: str, tmp_path: Path) -> None:
    kept = _overdue()
    with worker.running(tmp_path, REDIS_URL=redis_url):
        Celery(broker=redis_url).send_task(TASK)
        _wait_until_expired(kept, tmp_path / "worker.log")


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_a_worker_on_the_file_queue_does_the_job(tmp_path: Path) -> None:
    kept = _overdue()
    with worker.running(tmp_path):
        sender = Celery(broker="filesystem://")
        queue = str(tmp_path / "queue")
        sender.conf.broker_transport_options = {
            "data_folder_in": queue,
            "data_folder_out": queue,
            "control_folder": str(tmp_path / "queue" / "control"),
        }
        sender.send_task(TASK)
        _wait_until_expired(kept, tmp_path / "worker.log")


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_without_a_worker_nothing_happens(redis_url: str) -> None:
    """The control: it is the worker that does the job, not the sending."""
    kept = _overdue()
    Celery(broker=redis_url).send_task(TASK)
    kept.refresh_from_db()
    assert kept.state == ReservationState.HELD


def test_everything_on_the_timetable_is_a_job_that_exists() -> None:
    app.loader.import_default_modules()
    timetable = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert TASK in timetable
    assert timetable <= set(app.tasks)
