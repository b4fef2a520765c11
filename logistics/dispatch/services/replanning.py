"""Planning the rest of a day again, quickly and with few changes: a stop was cancelled, food came in, a van is late or broken."""

from __future__ import annotations

import datetime as dt

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from logistics.dispatch.models import Plan, PlanStatus
from logistics.dispatch.services.planning import make_plan

SECONDS = 0.8  # of search: with facts, reasons, check and rows the answer is there within two


def replan(*, day: dt.date, actor: User, work: int | None = None, seed: int = 1) -> Plan:
    """A draft that goes on from the plan that counts on ``day``: what has begun as it is, the rest with as few changes as possible
    (``planner.rearrange`` says what a change is worth). Whoever publishes it sees what it changes first.

    Refuses ``dispatch.no_plan`` while no plan counts, and what :func:`make_plan` refuses.
    """
    standing = Plan.objects.filter(day=day, status__in=(PlanStatus.PUBLISHED, PlanStatus.STARTED)).first()
    if standing is None:
        raise Refusal(
            "dispatch.no_plan",
            Text(
                "まだ確定した計画がありません。先に計画を作って確定してください。",
                "No plan counts yet. Make one and publish it first.",
            ),
            params={"date": day.isoformat()},
        )
    return make_plan(day=day, actor=actor, seconds=SECONDS, work=work, seed=seed, locks_from=standing, few_changes=True)
