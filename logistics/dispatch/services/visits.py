"""Kitchen-car visits of a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.limits import MAX_PEOPLE
from foodbank.core.locking import lock_rows
from foodbank.sites.models import Site, SiteKind
from logistics.dispatch.models import JobState, MobileVisit, Plan, PlanJob, PlanStatus
from logistics.fleet.models import Vehicle, VehicleKind


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitData:
    """A kitchen car stands at ``site``, open to visitors between two times: ``vehicle``, or any (``None``)."""

    site: Site
    open_from: dt.time
    open_until: dt.time
    expected_households: int
    vehicle: Vehicle | None = None


def create_visits(*, day: dt.date, visits: Sequence[VisitData], actor: User) -> list[MobileVisit]:
    """New visits on ``day``, all or none. Refuses ``visit.refused`` (by field, of the first that is wrong)."""
    for data in visits:
        _refuse_wrong(data)
    return MobileVisit.objects.bulk_create(
        [
            MobileVisit(
                day=day,
                site=data.site,
                open_from=data.open_from,
                open_until=data.open_until,
                expected_households=data.expected_households,
                vehicle=data.vehicle,
            )
            for data in visits
        ]
    )


@transaction.atomic
def change_visit(*, visit: MobileVisit, data: VisitData, actor: User) -> MobileVisit:
    """Another time, number of households or car for a visit of the same day. Drafts of plans that drive to it go, since they are wrong now.
    Refuses ``visit.refused``, and ``visit.planned`` and ``visit.being_planned`` like :func:`withdraw_visit`."""
    _refuse_wrong(data)
    _refuse_planned(visit, kept=True)
    visit.open_from, visit.open_until, visit.expected_households = data.open_from, data.open_until, data.expected_households
    visit.vehicle = data.vehicle
    visit.save(update_fields=["open_from", "open_until", "expected_households", "vehicle"])
    return visit


@transaction.atomic
def withdraw_visit(*, visit: MobileVisit, actor: User) -> None:
    """The visit does not take place. Drafts of plans that drive to it go with it. Refuses ``visit.planned`` once a published plan
    drives to it, or a replaced one did, and ``visit.being_planned`` while its day is being planned."""
    _refuse_planned(visit, kept=False)
    visit.delete()


def _refuse_planned(visit: MobileVisit, *, kept: bool) -> None:
    """Under lock of the day's plans, so that none is published meanwhile; drafts with the visit are deleted."""
    if PlanJob.objects.filter(day=visit.day, state__in=(JobState.WAITING, JobState.RUNNING)).exists():
        raise Refusal(
            "visit.being_planned",
            Text(
                f"{visit.day:%m/%d}の配送計画をいま計算中です。終わってから、もう一度お試しください。",
                f"The day {visit.day:%m/%d} is being planned right now. Please try again when that is done.",
            ),
        )
    driving = Plan.objects.filter(day=visit.day, routes__stops__visit=visit)
    plans = lock_rows(Plan.objects.all(), driving.values_list("pk", flat=True))
    standing = {PlanStatus.PUBLISHED, PlanStatus.STARTED} | (set() if kept else {PlanStatus.REPLACED})
    if any(plan.status in standing for plan in plans.values()):
        raise Refusal(
            "visit.planned",
            Text(
                f"{visit.day:%m/%d} {visit.site.name}の訪問は、確定した配送計画に入っているため変えられません。",
                f"The visit to {visit.site.name} on {visit.day:%m/%d} is part of a published plan and cannot change.",
            ),
            params={"visit": visit.pk},
        )
    Plan.objects.filter(pk__in=[pk for pk, plan in plans.items() if plan.status == PlanStatus.DRAFT]).delete()


def _refuse_wrong(data: VisitData) -> None:
    faults: dict[str, Text] = {}
    if data.site.kind != SiteKind.MOBILE:
        faults["site"] = Text("移動パントリー会場を選んでください。", "Choose a mobile pantry site.")
    if data.open_until <= data.open_from:
        faults["open_until"] = Text("終了は開始より後にしてください。", "A visit must end after it starts.")
    if not 1 <= data.expected_households <= MAX_PEOPLE:
        faults["expected_households"] = Text(
            f"見込み世帯数は1から{MAX_PEOPLE:,}の間で入力してください。", f"Expected households are 1 to {MAX_PEOPLE:,}."
        )
    if data.vehicle is not None and data.vehicle.kind != VehicleKind.KITCHEN_CAR:
        faults["vehicle"] = Text("キッチンカーを選んでください。", "Choose a kitchen car.")
    if faults:
        raise FieldsRefused("visit.refused", faults)
