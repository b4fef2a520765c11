"""``/healthz`` and ``/readyz``: what a watchdog sees when all is well and when each part is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from deploy.tools.process import free_port
from foodbank.celery import app as celery_app


def _queue_is(settings: object, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Celery first, since it reads the settings when it is first asked, and keeps what it read."""
    monkeypatch.setattr(celery_app.conf, "broker_write_url", url)
    settings.CELERY_BROKER_URL = url  # type: ignore[attr-defined]


def test_healthz_asks_nothing_of_the_database(client: Client) -> None:
    """No ``db`` mark: a query would fail this test."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_readyz_names_every_check(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.json() == {"status": "ok", "checks": {"database": "ok", "migrations": "ok", "broker": "ok"}}
    assert answer.status_code == 200


@pytest.mark.django_db
def test_readyz_sees_a_migration_that_was_not_applied(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'dispatch'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "migrations": "pending", "broker": "ok"}


@pytest.mark.django_db
def test_readyz_sees_a_queue_folder_that_is_gone(client: Client, settings: object, tmp_path: Path) -> None:
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": str(tmp_path / "gone")}  # type: ignore[attr-defined]
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["broker"]) == (503, "unwritable")


@pytest.mark.django_db
def test_readyz_sees_a_redis_that_does_not_answer(client: Client, settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = f"redis://127.0.0.1:{free_port()}/0"
    _queue_is(settings, monkeypatch, dead)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["broker"]) == (503, "unreachable")


@pytest.mark.redis
@pytest.mark.django_db
def test_readyz_is_content_with_a_redis_that_answers(
    client: Client, settings: object, monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    _queue_is(settings, monkeypatch, redis_url)
    assert client.get("/readyz").json()["checks"]["broker"] == "ok"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_reading_is_possible(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_a_watchdog_on_the_machine_is_not_sent_to_https(client: Client, settings: object) -> None:
    settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]
    assert client.get("/healthz").status_code == 200
    assert client.get("/accounts/login/").status_code == 301
