"""The contract is what is committed, what is served, what a stranger's generator understands, and what is kept."""

from __future__ import annotations

import datetime as dt
import importlib
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from drf_spectacular.validation import validate_schema

from deploy.tools.process import ROOT
from foodbank.accounts.services.system import system_user
from foodbank.core.dates import today
from foodbank.partners.models import Partner
from foodbank.sites.models import Agreement
from logistics.dispatch.models import Delivery, Stop
from logistics.dispatch.services.handover import arrive, collect, drop_all, finish_stop, load_all
from logistics.dispatch.services.planning import make_plan
from logistics.dispatch.services.publishing import publish
from tests.factories import a_key, an_order
from tests.factories.deliveries import a_delivery, handed_over
from tests.services import http
from tests.shared_data import EXAMPLE

COMMITTED = ROOT / "docs" / "openapi.yaml"
DAY = today() + dt.timedelta(days=3)
SECONDS = 300
# Beyond what the description can say there are rules (422, 409) and what one has read (412, 428).
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "404", "409", "412", "422"]
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "404", "405", "406", "412", "415", "422", "428"]
[checks.missing_required_header]
expected-statuses = ["400", "401", "428"]
"""


def test_the_committed_contract_is_the_one_that_is_served(client: Client):
    served = client.get("/api/v1/schema/")
    assert (served.status_code, served["Content-Type"]) == (200, "application/json")
    assert served.json() == yaml.safe_load(COMMITTED.read_text(encoding="utf-8")), (
        "manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml"
    )
    assert served.json()["openapi"].startswith("3.1")
    validate_schema(served.json())


def test_the_generator_has_nothing_to_warn_of(tmp_path: Path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "openapi.yaml"))


def test_every_operation_describes_its_errors(client: Client):
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    for path, methods in client.get("/api/v1/schema/").json()["paths"].items():
        for method, described in methods.items():
            errors = {status: answer for status, answer in described["responses"].items() if status >= "400"}
            assert {"400", "401", "406", "429"} <= set(errors), f"{method} {path}"
            assert all(answer["content"] == problem for answer in errors.values()), f"{method} {path}"
            if method in {"post", "patch"}:
                assert {"403", "404" if "{id}" in path else "403", "409", "422"} <= set(errors), f"{method} {path}"


def test_the_contract_can_be_read_in_a_browser_without_anybody_elses_files(client: Client):
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert "https://" not in page.content.decode()
    assert "<style" not in page.content.decode()


@pytest.fixture
def partner(transactional_db: None) -> Partner:
    call_command("import_day", str(EXAMPLE / "day"), date=DAY.isoformat())
    Agreement.objects.update(valid_from=today())  # what is driven today is received today
    return Partner.objects.get(site__code="P001")


@pytest.fixture
def made_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """What a public generator makes of our contract, imported."""
    config = tmp_path / "config.yaml"
    config.write_text("package_name_override: partner_client\npost_hooks: []\n", encoding="utf-8")
    command = [Path(sys.executable).with_name("openapi-python-client"), "generate", "--path", COMMITTED, "--meta", "none"]
    command += ["--output-path", tmp_path / "partner_client", "--config", config, "--fail-on-warning"]
    made = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    monkeypatch.syspath_prepend(str(tmp_path))
    names = {
        "stock": "api.stock.stock_list",
        "order": "api.orders.orders_create",
        "read": "api.orders.orders_read",
        "change": "api.orders.orders_change",
        "deliveries": "api.deliveries.deliveries_list",
        "receipt": "api.deliveries.deliveries_receipt",
        "models": "models",
        "client": "client",
    }
    yield SimpleNamespace(**{name: importlib.import_module(f"partner_client.{path}") for name, path in names.items()})
    for name in [name for name in sys.modules if name.startswith("partner_client")]:
        del sys.modules[name]


def _drive() -> None:
    """Every route of the day, as planned."""
    actor = system_user()
    for stop in Stop.objects.select_related("route", "site").order_by("route", "sequence"):
        arrive(stop=stop, actor=actor)
        if stop.pick_ups.filter(lot__isnull=False).exists():
            load_all(stop=stop, actor=actor)
        for offer in {shipment.offer for shipment in stop.pick_ups.filter(offer__isnull=False)}:
            units = sum(stop.pick_ups.filter(offer=offer).values_list("quantity", flat=True))
            collect(stop=stop, offer=offer, quantity=units, actor=actor)
        if stop.drop_offs.exists() and stop.visit_id is None:
            drop_all(stop=stop, actor=actor)
        finish_stop(stop=stop, actor=actor, rest_stays=True, households=3)


def test_a_generated_client_orders_and_confirms_what_came(made_client: Any, partner: Partner, http_server: str):
    models = made_client.models
    program = made_client.client.AuthenticatedClient(base_url=http_server, token=a_key(partner)[1])
    there = made_client.stock.sync(client=program, date=DAY)
    assert there.results
    body = models.OrderIn(
        delivery_date=DAY,
        window=models.WindowIn(from_="10:00", until="16:00"),
        children=40,
        lines=[
            models.CategoryLineIn(category="rice", quantity_kg=5.0),
            models.ItemLineIn(gtin=there.results[0].gtin, quantity=1),
        ],
    )
    number = str(uuid.uuid4())
    placed = made_client.order.sync_detailed(client=program, body=body, idempotency_key=number)
    again = made_client.order.sync_detailed(client=program, body=body, idempotency_key=number)
    assert (placed.status_code, again.parsed) == (201, placed.parsed)
    assert again.headers["Idempotency-Replayed"] == "true"
    fewer = models.PatchedOrderIn(children=12)
    changed = made_client.change.sync_detailed(placed.parsed.id, client=program, body=fewer, if_match=placed.headers["ETag"])
    assert (changed.status_code, changed.parsed.children) == (200, 12)
    stale = made_client.change.sync_detailed(placed.parsed.id, client=program, body=fewer, if_match=placed.headers["ETag"])
    assert (stale.status_code, stale.parsed.code) == (412, "request.if_match_stale")

    publish(plan=make_plan(day=DAY, actor=system_user(), work=20), actor=system_user())
    planned = made_client.read.sync(placed.parsed.id, client=program)
    assert all(line.allocated is not None for line in planned.lines)
    coming = [one for one in made_client.deliveries.sync(client=program, date=DAY).results if one.order_id == placed.parsed.id]
    assert [one.state for one in coming] == ["scheduled"]
    assert sum(line.quantity for line in coming[0].lines) > 0

    _drive()
    (came,) = [one for one in made_client.deliveries.sync(client=program, date=DAY).results if one.order_id == placed.parsed.id]
    assert (came.state, came.delivered_at is not None) == ("delivered", True)
    broken = models.ReceiptLineIn(unit=came.lines[0].unit, damaged=1)
    said = models.ReceiptIn(lines=[broken], note="1点つぶれていました")
    receipt = made_client.receipt.sync(came.id, client=program, body=said, idempotency_key=str(uuid.uuid4()))
    assert [(line.unit, line.missing, line.damaged) for line in receipt.lines] == [(came.lines[0].unit, 0, 1)]
    done = made_client.read.sync(placed.parsed.id, client=program)
    assert [line.delivered for line in done.lines] == [line.allocated for line in done.lines]
    assert Delivery.objects.get(public_id=came.id).receipt.note == "1点つぶれていました"


@pytest.mark.postgres
def test_schemathesis_finds_nothing(partner: Partner, tmp_path: Path):
    """Every check of every phase, with a key, the same data each time."""
    _, secret = a_key(partner)
    an_order(partner, actor=system_user())
    handed_over(a_delivery(partner, day=DAY + dt.timedelta(days=1)))
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG, encoding="utf-8")
    with http.running(tmp_path, API_RATE="100000/min") as address:
        command = [Path(sys.executable).with_name("schemathesis"), "--config-file", config, "run", COMMITTED]
        command += [
            "--url",
            address,
            "--header",
            f"Authorization: Bearer {secret}",
            "--max-examples",
            "8",
            "--generation-deterministic",
        ]
        command += ["--checks", "all", "--request-timeout", "120", "--no-color"]
        ran = subprocess.run(
            [str(part) for part in command], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=SECONDS,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-20_000:]
