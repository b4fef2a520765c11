"""A person moves, adds, locks and undoes; then the calendar becomes the days' visits."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foodbank.accounts.models import User
from foodbank.core.dates import at
from foodbank.core.errors import FieldsRefused, Refusal
from logistics.dispatch.models import CallOff, CallOffKind, MobileVisit, Plan, PlanJob, PlanStatus
from logistics.dispatch.selectors.facts import day_facts
from logistics.fleet.models import Shift, Vehicle
from logistics.fleet.services.vehicles import set_shift
from logistics.month.models import AcceptedVisit, Calendar, Candidate, PlannedVisit
from logistics.month.selectors.calendar_page import wrong_with
from logistics.month.services import planning
from logistics.month.services.accepting import accept
from logistics.month.services.adjusting import add_visit, lock_visit, move_visit, remove_visit
from logistics.month.services.planning import ask_plan, calendar_of, make_month, run_waiting
from logistics.month.services.undo import undo
from tests.factories import UserFactory
from tests.factories.driving import a_plan, a_route
from tests.factories.month import MONTH, a_candidate, a_car

pytestmark = pytest.mark.django_db
DAY = dt.date(2027, 12, 7)  # a Tuesday


@pytest.fixture
def actor() -> User:
    return UserFactory.create()


@pytest.fixture
def candidate() -> Candidate:
    a_car()
    return a_candidate("M01")


def put(candidate: Candidate, actor: User, day: dt.date = DAY, start: str = "10:00", **fields: Any) -> PlannedVisit:
    values: dict[str, Any] = {"vehicle": a_vehicle(), "households": 40, "locked": True}
    return add_visit(
        month=MONTH, candidate=candidate, day=day, start=dt.time.fromisoformat(start), actor=actor, **(values | fields)
    )


def a_vehicle() -> Any:
    return Vehicle.objects.get(code="CAR1")


def move(visit: PlannedVisit, actor: User, **changes: Any) -> PlannedVisit:
    fields = {name: getattr(visit, name) for name in ("day", "start", "vehicle", "households", "locked")}
    return move_visit(visit=visit, actor=actor, **(fields | changes))


def days() -> list[int]:
    return [row.day.day for row in PlannedVisit.objects.order_by("day")]


def test_planning_again_leaves_what_a_person_has_settled(candidate: Candidate, actor: User) -> None:
    visit = put(candidate, actor, dt.date(2027, 12, 9), "13:30")
    make_month(calendar=calendar_of(month=MONTH), actor=actor, work=0.3)
    visit.refresh_from_db()
    assert (visit.day.day, visit.start) == (9, dt.time(13, 30))
    assert len(days()) == 4
    assert all(abs(day - 9) >= 7 for day in days() if day != 9)


def test_each_change_can_be_undone_and_so_can_a_planning(candidate: Candidate, actor: User) -> None:
    calendar = calendar_of(month=MONTH)
    visit = put(candidate, actor)
    visit = move(visit, actor, day=dt.date(2027, 12, 8), start=dt.time(13))
    remove_visit(visit=visit, actor=actor)
    make_month(calendar=Calendar.objects.get(), actor=actor, work=0.3)
    seen = []
    for _ in range(3):
        undo(calendar=calendar, actor=actor)
        seen.append([(row.day.day, row.start.hour, row.locked) for row in PlannedVisit.objects.all()])
    assert seen == [[], [(8, 13, True)], [(7, 10, True)]]
    undo(calendar=calendar, actor=actor)
    assert days() == []
    with pytest.raises(Refusal, match="There is nothing to undo"):
        undo(calendar=calendar, actor=actor)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"day": dt.date(2027, 12, 5)}, "hours"),  # a Sunday: neither car nor site
        ({"start": dt.time(8, 30)}, "too_early"),
        ({"start": dt.time(15, 45)}, "too_late"),
        ({"households": 90}, "overloaded"),
    ],
)
def test_a_change_says_at_once_what_is_wrong(candidate: Candidate, actor: User, changes: dict[str, Any], code: str) -> None:
    """The depot and the site are at one place. 8:30 is the start of the shift, and 40 households take 620 s to be ready for; open until
    17:45 is after its end; 90 × 4 kg are 60 kg more than 300."""
    words = {
        "hours": "会場の曜日と時間の外です。",
        "too_early": "11分遅くしてください。",  # 620 s
        "too_late": "20分早くしてください。",  # 17:45 and 300 s packing up against 17:30
        "overloaded": "積みきれません（60.0 kg多い）",
    }
    visit = move(put(candidate, actor), actor, **changes)
    found = wrong_with(visit)
    assert any(words[code] in one.text.ja for one in found), [one.text.ja for one in found]


def test_two_visits_too_near_on_one_car_are_told_and_cannot_be_accepted(candidate: Candidate, actor: User) -> None:
    """10:00–12:00, then another at 12:00 at the same place: 300 s packing up and 620 s preparing, 15 min 20 s."""
    put(candidate, actor, households=30)
    later = put(a_candidate("M02"), actor, start="12:00")
    (wrong,) = wrong_with(later)
    assert wrong.hard
    assert "見本広場M01から間に合いません。16分ずらすか" in wrong.text.ja
    with pytest.raises(Refusal) as refusal:
        accept(calendar=calendar_of(month=MONTH), actor=actor)
    assert refusal.value.code == "month.cannot_be_driven"
    assert not MobileVisit.objects.exists()


def test_a_car_without_a_permit_for_the_place_is_refused(actor: User) -> None:
    a_car(area="丸亀市")
    visit = put(a_candidate("M01", area="高松市"), actor)
    (wrong,) = wrong_with(visit)
    assert "この日ここに出店できる許可（区域：高松市）がない" in wrong.text.ja
    with pytest.raises(Refusal, match="cannot be accepted"):
        accept(calendar=calendar_of(month=MONTH), actor=actor)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"day": dt.date(2028, 1, 4)}, "day"),
        ({"day": dt.date(2027, 12, 14)}, "day"),
        ({"start": dt.time(23)}, "start"),
        ({"households": 0}, "households"),
    ],
)
def test_what_cannot_stand_in_a_calendar_is_refused(
    candidate: Candidate, actor: User, changes: dict[str, Any], field: str
) -> None:
    visit = put(candidate, actor)
    put(candidate, actor, dt.date(2027, 12, 14))
    with pytest.raises(FieldsRefused) as refusal:
        move(visit, actor, **changes)
    assert list(refusal.value.fields) == [field]


def test_accepting_makes_the_visits_and_shifts_that_the_days_plan_reads_once(candidate: Candidate, actor: User) -> None:
    put(candidate, actor)
    calendar = calendar_of(month=MONTH)
    first = accept(calendar=calendar, actor=actor)
    assert (first.created, first.shifts) == (1, 1)
    again = accept(calendar=calendar, actor=actor)
    assert (again.created, again.changed, again.withdrawn, again.shifts) == (0, 0, 0, 0)
    facts = day_facts(DAY)
    assert [(site.site, site.households, site.open_from_s) for site in facts.sites] == [("M01", 40, 36_000)]
    assert [van.code for van in facts.vans] == ["CAR1"]
    assert Shift.objects.get().start == dt.time(8, 30)


def test_the_planned_car_is_the_one_that_the_days_plan_sends(candidate: Candidate, actor: User, client: Client) -> None:
    visit = put(candidate, actor)
    calendar = calendar_of(month=MONTH)
    accept(calendar=calendar, actor=actor)
    other = a_car("CAR2")
    set_shift(vehicle=other, day=DAY, start=dt.time(8), end=dt.time(17), break_minutes=0, actor=actor)

    def cars() -> list[str]:
        facts = day_facts(DAY)
        return [van.code for van in facts.cars_for(facts.sites[0])]

    assert cars() == ["CAR1"]
    move(visit, actor, vehicle=other)
    assert accept(calendar=calendar, actor=actor).changed == 1
    assert cars() == ["CAR2"]
    client.force_login(actor)
    address = reverse("dispatch:day", args=[DAY])
    assert "CAR2 はこの日に出ません" not in client.get(address).content.decode()
    CallOff.objects.create(day=DAY, kind=CallOffKind.VEHICLE, vehicle=other, reason="故障", actor=actor)
    assert cars() == ["CAR1"]  # free again: any that goes out
    assert "CAR2 はこの日に出ません。ほかのキッチンカーで計画します。" in client.get(address).content.decode()


def test_accepting_again_brings_what_has_changed(candidate: Candidate, actor: User) -> None:
    calendar = calendar_of(month=MONTH)
    one, two, three = (put(candidate, actor, dt.date(2027, 12, day)) for day in (7, 14, 21))
    accept(calendar=calendar, actor=actor)
    stays = MobileVisit.objects.get(day=DAY).pk
    move(one, actor, start=dt.time(13), households=35)
    move(two, actor, day=dt.date(2027, 12, 15))
    remove_visit(visit=three, actor=actor)
    done = accept(calendar=calendar, actor=actor)
    assert (done.created, done.changed, done.withdrawn) == (1, 1, 2)
    assert [(v.day.day, v.open_from.hour, v.expected_households) for v in MobileVisit.objects.order_by("day")] == [
        (7, 13, 35), (15, 10, 40),
    ]  # fmt: skip
    assert MobileVisit.objects.get(day=DAY).pk == stays


def _drives_to(visit: MobileVisit, status: str, actor: User) -> Plan:
    plan = a_plan(visit.day, actor)
    route = a_route(plan, a_vehicle())
    route.stops.create(
        sequence=1, code=f"S{plan.pk:07}", site=visit.site, visit=visit,
        arrive=at(visit.day, dt.time(9)), start=at(visit.day, dt.time(9)), leave=at(visit.day, dt.time(13)),
    )  # fmt: skip
    Plan.objects.filter(pk=plan.pk).update(status=status)
    return plan


def test_a_visit_that_a_published_plan_drives_to_is_never_moved(candidate: Candidate, actor: User) -> None:
    calendar = calendar_of(month=MONTH)
    visit = put(candidate, actor)
    accept(calendar=calendar, actor=actor)
    _drives_to(MobileVisit.objects.get(), PlanStatus.PUBLISHED, actor)
    for change in (lambda: move(visit, actor, start=dt.time(13)), lambda: remove_visit(visit=visit, actor=actor)):
        with pytest.raises(Refusal) as refusal:
            change()
        assert refusal.value.code == "month.visit_begun"
    undo(calendar=calendar, actor=actor)  # behind its back: the calendar is empty now
    (kept,) = accept(calendar=calendar, actor=actor).kept
    assert kept.ja.endswith("確定した配送計画に入っているため変えられません。")
    assert MobileVisit.objects.get().open_from == dt.time(10)


def test_a_draft_of_the_day_does_not_hold_a_visit_and_goes_with_it(candidate: Candidate, actor: User) -> None:
    calendar = calendar_of(month=MONTH)
    visit = put(candidate, actor)
    accept(calendar=calendar, actor=actor)
    _drives_to(MobileVisit.objects.get(), PlanStatus.DRAFT, actor)
    remove_visit(visit=visit, actor=actor)
    assert accept(calendar=calendar, actor=actor).withdrawn == 1
    assert not Plan.objects.exists()
    assert not AcceptedVisit.objects.exists()


def test_a_visit_stays_while_its_day_is_being_planned(candidate: Candidate, actor: User) -> None:
    calendar = calendar_of(month=MONTH)
    visit = put(candidate, actor)
    accept(calendar=calendar, actor=actor)
    PlanJob.objects.create(day=DAY, actor=actor)
    remove_visit(visit=visit, actor=actor)
    (kept,) = accept(calendar=calendar, actor=actor).kept
    assert "いま計算中です" in kept.ja
    assert MobileVisit.objects.exists()


def test_a_visit_from_a_file_is_taken_over_not_doubled(candidate: Candidate, actor: User) -> None:
    MobileVisit.objects.create(day=DAY, site=candidate.site, open_from=dt.time(11), open_until=dt.time(13), expected_households=9)
    put(candidate, actor)
    assert accept(calendar=calendar_of(month=MONTH), actor=actor).created == 0
    assert MobileVisit.objects.count() == 1


def test_the_job_runs_once_and_a_change_meanwhile_is_not_overwritten(
    candidate: Candidate, actor: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks():
        calendar = ask_plan(month=DAY, actor=actor)
    with pytest.raises(Refusal) as refusal:
        ask_plan(month=DAY, actor=actor)
    assert refusal.value.code == "month.busy"
    real = planning.plan_month

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        put(candidate, actor)
        return real(*args, work=0.3)

    monkeypatch.setattr(planning, "plan_month", meanwhile)
    done = run_waiting(calendar_id=calendar.pk)
    assert done is not None
    assert done.work == "failed"
    assert "計算している間に予定が変わりました" in done.message_ja
    assert days() == [7]
    assert run_waiting(calendar_id=calendar.pk) is None


def test_locking_is_a_change_like_others(candidate: Candidate, actor: User) -> None:
    visit = put(candidate, actor, locked=False)
    assert lock_visit(visit=visit, locked=True, actor=actor).locked
    undo(calendar=calendar_of(month=MONTH), actor=actor)
    assert not PlannedVisit.objects.get().locked


def test_the_buttons_do_all_that(client: Client, candidate: Candidate, actor: User) -> None:
    client.force_login(actor)
    fields = {
        "candidate": candidate.pk,
        "day": "2027-12-07",
        "start": "15:45",
        "vehicle": a_vehicle().pk,
        "households": "",
        "locked": "on",
    }
    html = client.post(reverse("month:visit_new", args=[MONTH]), fields, follow=True).content.decode()
    assert "訪問を加えました。" in html
    assert "20分早くしてください。" in html
    assert "このままでは決定できません。" in client.post(reverse("month:accept", args=[MONTH]), follow=True).content.decode()
    visit = PlannedVisit.objects.get()
    assert visit.households == 40
    address = reverse("month:visit_edit", args=[visit.pk])
    assert "20分早くしてください。" in client.get(address).content.decode()
    client.post(address, fields | {"start": "10:00", "households": "38"})
    html = client.post(reverse("month:accept", args=[MONTH]), follow=True).content.decode()
    assert "新しい訪問 1 回、変えた訪問 0 回、取り消した訪問 0 回。" in html
    assert "決定済み" in html
    client.post(reverse("month:visit_lock", args=[visit.pk]), {"locked": "0"})
    client.post(reverse("month:visit_remove", args=[visit.pk]))
    client.post(reverse("month:undo", args=[MONTH]))
    assert [(row.households, row.locked) for row in PlannedVisit.objects.all()] == [(38, False)]
