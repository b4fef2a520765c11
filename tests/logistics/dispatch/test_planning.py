import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from foodbank.accounts.models import User
from foodbank.accounts.services.system import system_user
from foodbank.core.errors import Refusal
from foodbank.inventory.models import Balance, Movement, Reservation
from foodbank.sites.models import Site
from logistics.dispatch.models import Plan, PlanStatus, Shipment, Stop
from logistics.dispatch.planner.check import Fault, check_plan
from logistics.dispatch.selectors.facts import day_facts
from logistics.dispatch.services import planning
from logistics.dispatch.services.planning import PlanRejected, make_plan
from logistics.dispatch.services.publishing import publish
from logistics.fleet.models import Shift
from logistics.sheets.selectors import route_sheets
from tests.logistics.dispatch.conftest import DAY, WORK

pytestmark = pytest.mark.django_db


def planned(seed=1):
    return make_plan(day=DAY, actor=system_user(), work=WORK, seed=seed)


def test_a_day_becomes_a_checked_draft(example_day):
    plan = planned()
    assert plan.status == PlanStatus.DRAFT
    assert check_plan(day_facts(DAY), plan.document) == []
    assert plan.routes.exists()
    assert plan.delivered_g > 0.9 * plan.ordered_g
    assert plan.collected_g > 0.9 * plan.donated_g
    stored = {
        (s.unit, s.item.gtin, s.quantity, s.grams, s.zone) for s in Shipment.objects.filter(plan=plan).select_related("item")
    }
    said = {
        (u["unit"], u["gtin"], u["quantity"], u["grams"], u["zone"])
        for r in plan.document["routes"]
        for s in r["stops"]
        for u in s["pick_up"]
    }
    assert stored == said
    assert Stop.objects.filter(route__plan=plan).count() == sum(len(r["stops"]) for r in plan.document["routes"])


def test_every_shipment_goes_from_its_stop_to_a_later_one_of_the_same_route(example_day):
    for shipment in Shipment.objects.filter(plan=planned()).select_related("pick_stop", "drop_stop"):
        assert shipment.pick_stop.route_id == shipment.drop_stop.route_id
        assert shipment.pick_stop.sequence < shipment.drop_stop.sequence


def test_a_volunteers_own_van_keeps_where_it_begins_and_ends(example_day):
    parking, home = (Site.objects.get(code=code) for code in ("P003", "P005"))
    Shift.objects.filter(vehicle__code="VAN1").update(begins_at=parking, ends_at=home)
    plan = planned()
    ends = {r.vehicle.code: (r.begins_at, r.ends_at) for r in plan.routes.select_related("vehicle", "begins_at", "ends_at")}
    assert ends.pop("VAN1") == (parking, home)
    assert set(ends.values()) == {(None, None)}
    sheet = next(s for s in route_sheets(DAY, base_url="https://foodbank.example.jp") if s.vehicle_code == "VAN1")
    assert (sheet.start.name, sheet.end.name) == (parking.name, home.name)


def test_same_seed_and_work_give_the_same_plan(example_day):
    assert planned(seed=3).document == planned(seed=3).document


def test_the_document_has_the_shape_that_others_rely_on(example_day):
    document = json.loads(json.dumps(planned().document))
    assert {"date", "seconds", "seed", "travel", "service", "routes", "unserved", "summary"} <= document.keys()
    assert document["date"] == "2026-12-05"
    assert document["seconds"] == 0.0  # rounds were counted, not seconds
    assert document["travel"] == {"provider": "great_circle", "detour": 1.3, "speed_kmh": 24.0}
    assert document["service"] == {"stop_s": 300, "per_kg_s": 2}
    route = document["routes"][0]
    assert route.keys() == {"vehicle", "depart", "return", "distance_m", "drive_s", "breaks", "stops"}
    assert route["depart"].startswith("2026-12-05T") and route["depart"].endswith("+09:00")
    refs = {"order_ref", "visit_ref", "pickup_ref"}
    for stop in (s for r in document["routes"] for s in r["stops"]):
        assert {"site", "arrive", "start", "leave", "pick_up", "drop_off"} <= stop.keys()
        for unit in stop["pick_up"]:
            assert unit.keys() == {"unit", "gtin", "quantity", "grams", "zone"}
        for unit in stop["drop_off"]:
            assert {"unit", "gtin", "quantity", "grams", "zone"} <= unit.keys()
            assert len(refs & unit.keys()) == (0 if stop["site"].startswith("W") else 1)
            assert ("category" in unit) == ("order_ref" in unit)
    for left in document["unserved"]:
        assert {"kind", "ref", "grams", "reason", "fix"} <= left.keys()
        assert left["grams"] > 0 and left["reason"]


def test_planning_moves_and_reserves_nothing(example_day):
    before = (Movement.objects.count(), list(Balance.objects.order_by("pk").values_list("quantity", "reserved")))
    planned()
    after = (Movement.objects.count(), list(Balance.objects.order_by("pk").values_list("quantity", "reserved")))
    assert before == after
    assert not Reservation.objects.exists()


def test_a_day_without_anything_is_refused(db):
    with pytest.raises(Refusal) as refused:
        planned()
    assert refused.value.code == "dispatch.nothing_to_plan"
    assert not Plan.objects.exists()


def test_a_plan_that_the_check_rejects_is_not_stored(example_day, monkeypatch):
    monkeypatch.setattr(planning, "check_plan", lambda facts, plan: [Fault("capacity", "VAN1")])
    with pytest.raises(PlanRejected, match="capacity: VAN1"):
        planned()
    assert not Plan.objects.exists()


def test_a_published_plan_stands_beside_a_new_draft(example_day):
    first = publish(plan=planned(), actor=system_user())
    second = planned(seed=2)
    assert second.status == PlanStatus.DRAFT
    assert Plan.objects.current(DAY) == first


def test_what_the_published_plan_reserved_is_free_for_the_one_that_would_replace_it(example_day):
    shelf_before = sum(g.grams for g in day_facts(DAY).goods if g.on_shelf)
    publish(plan=planned(), actor=system_user())
    assert sum(b.reserved for b in Balance.objects.inside()) > 0
    assert sum(g.grams for g in day_facts(DAY).goods if g.on_shelf) == shelf_before


def test_route_sheets_come_from_the_stored_plan(example_day):
    plan = planned()
    sheets = route_sheets(DAY, base_url="https://example.org")
    assert len(sheets) == plan.routes.count()


class TestCommand:
    def run(self, capsys, *args):
        code = 0
        try:
            call_command("plan_day", "--date", DAY.isoformat(), *args)
        except SystemExit as stop:
            code = stop.code
        return code, capsys.readouterr()

    def test_json_is_the_stored_document(self, example_day, capsys, tmp_path):
        target = tmp_path / "plan.json"
        code, said = self.run(capsys, "--work", str(WORK), "--json", str(target))
        assert code == 0
        assert json.loads(target.read_text(encoding="utf-8")) == Plan.objects.get().document
        assert "km" in said.out

    def test_an_empty_day_ends_with_2_and_one_line(self, db, capsys):
        code, said = self.run(capsys, "--work", "1")
        assert code == 2
        assert said.err.count("\n") == 1
        assert "2026-12-05" in said.err
        assert not User.objects.exists()

    def test_a_plan_that_cannot_be_written_is_not_made(self, example_day, capsys, tmp_path):
        code, said = self.run(capsys, "--work", "1", "--json", str(tmp_path))
        assert code == 2
        assert said.err.count("\n") == 1
        assert not Plan.objects.exists()

    @pytest.mark.parametrize("wrong", [("--seconds", "0"), ("--work", "0"), ("--seed", "-1")])
    def test_limits_that_make_no_sense_are_refused(self, example_day, capsys, wrong):
        code, said = self.run(capsys, *wrong)
        assert code == 2
        assert wrong[0] in said.err
        assert not Plan.objects.exists()

    def test_a_rejected_plan_ends_with_1(self, example_day, monkeypatch):
        monkeypatch.setattr(planning, "check_plan", lambda facts, plan: [Fault("capacity", "VAN1")])
        with pytest.raises(CommandError) as failed:
            call_command("plan_day", "--date", DAY.isoformat(), "--work", str(WORK))
        assert failed.value.returncode == 1
