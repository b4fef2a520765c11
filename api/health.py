"""For whoever watches the machine: ``/healthz`` says that the process answers, ``/readyz`` that it can do its work."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from foodbank.celery import app as celery_app

logger = logging.getLogger(__name__)
_BROKER_SECONDS = 2


class NotReady(Exception):
    """What is not ready, in one word that tells a stranger nothing more."""


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """The process is up. Asks nothing of the database, so that its failure does not restart what works."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, migrations and job queue are as this code needs them, else 503; each check is named."""
    checks = {name: _outcome(name, check) for name, check in _CHECKS.items()}
    ready = set(checks.values()) == {"ok"}
    return JsonResponse({"status": "ok" if ready else "unavailable", "checks": checks}, status=200 if ready else 503)


def _outcome(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except NotReady as reason:
        logger.error("not ready: %s %s", name, reason, exc_info=reason.__cause__)
        return str(reason)
    return "ok"


def _database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as fault:
        raise NotReady("unreachable") from fault


def _migrations() -> None:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as fault:
        raise NotReady("unreachable") from fault
    if pending:
        raise NotReady("pending")


def _broker() -> None:
    if settings.CELERY_BROKER_URL.startswith("filesystem:"):
        folder = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"])
        if not os.access(folder, os.W_OK | os.X_OK):
            raise NotReady("unwritable")
        return
    try:
        with celery_app.connection_for_write(connect_timeout=_BROKER_SECONDS) as link:
            link.ensure_connection(max_retries=1, interval_start=0, timeout=_BROKER_SECONDS)
    except (OSError, OperationalError) as fault:
        raise NotReady("unreachable") from fault


_CHECKS: dict[str, Callable[[], None]] = {"database": _database, "migrations": _migrations, "broker": _broker}
