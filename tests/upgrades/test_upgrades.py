"""A filled database of every landed state comes up to date and goes on working, nothing lost."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db.backends.sqlite3._functions import register

from deploy.tools import process
from tests.services.environment import database_url

HERE = Path(__file__).parent
DAY = "2026-12-05"
MOVEMENTS = {"main_job": {20}, "hands": {291, 293}, "planner": {231, 284}}
"""Rows of the ledger per landed state: one per lot of the example's stock list; whole days worked through (SQLite's file, PostgreSQL's)."""

# What must be there before and after, counted in the dump's own tables.
KEPT = (
    "accounts_user",
    "sites_site",
    "sites_agreement",
    "catalog_item",
    "donations_offer",
    "inventory_lot",
    "inventory_movement",
    "inventory_balance",
    "inventory_reservation",
    "partners_order",
    "partners_orderline",
    "pantry_pickupday",
    "pantry_slot",
    "dispatch_plan",
    "dispatch_stop",
    "dispatch_shipment",
    "dispatch_unserved",
)
# And of the state in which people had worked through a day.
KEPT_OF_THE_DAY = (
    "accounts_daycode",
    "accounts_rolegrant",
    "core_idempotencyrecord",
    "core_outboxmessage",
    "dispatch_calloff",
    "dispatch_carriedover",
    "dispatch_delivery",
    "dispatch_deliveryreceipt",
    "dispatch_mobilevisit",
    "dispatch_routeprogress",
    "dispatch_shipmentprogress",
    "dispatch_step",
    "dispatch_stopprogress",
    "donations_refusedgoods",
    "fleet_permit",
    "fleet_shift",
    "messaging_calltomake",
    "pantry_booking",
    "pantry_feedback",
    "pantry_household",
    "pantry_householdcontact",
    "pantry_householdkey",
    "pantry_parcel",
    "pantry_parcelline",
    "partners_partnerkey",
)
# And of the state in which days were planned again, questions asked and a month planned.
KEPT_OF_THE_PLANNER = (
    "catalog_keptapart",
    "catalog_ridelimit",
    "dispatch_planjob",
    "dispatch_routebreak",
    "dispatch_whatif",
    "month_acceptedvisit",
    "month_calendar",
    "month_calendarchange",
    "month_candidate",
    "month_candidatehours",
    "month_carhours",
    "month_plannedvisit",
    "travel_paceband",
)
KEPT_OF = {
    "main_job": KEPT,
    "hands": (*KEPT, *KEPT_OF_THE_DAY),
    "planner": (*KEPT, *KEPT_OF_THE_DAY, *KEPT_OF_THE_PLANNER),
}


_COMMANDS = """
import json, os, sys, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "foodbank.settings")
from django.core.management import call_command
django.setup()
for command in json.loads(sys.argv[1]):
    call_command(*command)
"""


class Old:
    """A database of a landed state: ``manage`` runs today's commands on it, ``ask`` asks it directly."""

    def __init__(self, state: str, url: str, var: Path, connection: Any) -> None:
        self.state = state
        self._environment = {**os.environ, **process.PLAIN_ENVIRONMENT, "DATABASE_URL": url, "VAR_DIR": str(var)}
        self._connection = connection

    def manage(self, *commands: tuple[str, ...]) -> str:
        """One after the other in one process: it takes longer to start than most of them."""
        done = subprocess.run(
            [sys.executable, "-c", _COMMANDS, json.dumps(commands)],
            cwd=process.ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._connection.execute(query).fetchall()]

    def counts(self) -> dict[str, int]:
        return {table: self.ask(f"SELECT count(*) FROM {table}")[0][0] for table in KEPT_OF[self.state]}  # noqa: S608


def _dump(state: str, vendor: str) -> str:
    return gzip.decompress((HERE / f"{state}.{vendor}.sql.gz").read_bytes()).decode()


@pytest.fixture(params=list(MOVEMENTS))
def old(request: pytest.FixtureRequest, tmp_path: Path, transactional_db: None) -> Iterator[Old]:
    """On the server of this part of the suite: a file of SQLite, or one more database of the PostgreSQL."""
    own = database_url()
    if own.startswith("sqlite"):
        file = tmp_path / "old.sqlite3"
        with sqlite3.connect(file) as connection:
            register(connection)  # a constraint asks for the day of a date as Django does
            connection.executescript(_dump(request.param, "sqlite"))
        connection = sqlite3.connect(file)
        yield Old(request.param, f"sqlite:///{file}", tmp_path, connection)
        connection.close()
        return
    name = f"old_{uuid.uuid4().hex}"
    with psycopg.connect(own, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    url = f"{own.rsplit('/', 1)[0]}/{name}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_dump(request.param, "postgres").encode())
    with psycopg.connect(url, autocommit=True) as connection:
        yield Old(request.param, url, tmp_path, connection)
    with psycopg.connect(own, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _the_published_plan_can_be_driven(old: Old) -> None:
    # Staff stay coordinators; others get nothing.
    roles = old.ask(
        "SELECT u.username, g.role FROM accounts_rolegrant g JOIN accounts_user u ON u.id = g.user_id "
        "WHERE u.username IN ('mihon', 'shokuin', 'dareka') ORDER BY u.username, g.role"
    )
    assert ("mihon", "coordinator") in roles
    assert ("shokuin", "coordinator") in roles
    assert not [role for role in roles if role[0] == "dareka"]

    # The published plan can be driven: every shipment has its progress, every shelf shipment its reservation, every order its delivery.
    [[shipments]] = old.ask("SELECT count(*) FROM dispatch_shipment")
    [[followed]] = old.ask("SELECT count(*) FROM dispatch_shipmentprogress")
    assert followed == shipments
    [[unreserved]] = old.ask(
        "SELECT count(*) FROM dispatch_shipment s JOIN dispatch_shipmentprogress p ON p.shipment_id = s.id "
        "WHERE s.lot_id IS NOT NULL AND p.reservation_id IS NULL"
    )
    assert unreserved == 0
    [[orders]] = old.ask(
        "SELECT count(*) FROM (SELECT DISTINCT s.drop_stop_id, l.order_id FROM dispatch_shipment s "
        "JOIN partners_orderline l ON l.id = s.order_line_id) AS pairs"
    )
    [[deliveries]] = old.ask("SELECT count(*) FROM dispatch_delivery")
    assert deliveries == orders > 0


def test_nothing_is_lost_and_the_day_goes_on(old: Old, tmp_path: Path) -> None:
    before = old.counts()
    documents = old.ask("SELECT id, document FROM dispatch_plan ORDER BY id")
    assert before["inventory_movement"] in MOVEMENTS[old.state]
    assert all(before.values())

    old.manage(("migrate", "--verbosity", "0"), ("check_ledger",))

    assert old.counts() == before
    assert old.ask("SELECT id, document FROM dispatch_plan ORDER BY id") == documents

    if old.state == "main_job":
        _the_published_plan_can_be_driven(old)
    # Nobody had said to be late, and no rest was planned from another time than the plan's own.
    assert old.ask("SELECT count(*) FROM dispatch_stopprogress WHERE expected_at IS NOT NULL") == [(0,)]
    assert old.ask("SELECT count(*) FROM dispatch_stop WHERE set_out IS NOT NULL") == [(0,)]

    # The commands go on working on it.
    out = tmp_path / "plan.json"
    old.manage(
        ("import_day", "logistics/dayfiles/example/day", "--date", DAY),
        ("plan_day", "--date", DAY, "--work", "3", "--json", str(out)),
    )
    assert json.loads(out.read_text(encoding="utf-8"))["date"] == DAY
