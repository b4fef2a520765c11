"""What would be if …: a day is planned again with changes made to its facts alone. Nothing of the day is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.core.jobs import send_after_commit
from logistics.allocation.facts import Day
from logistics.dispatch.models import Plan, PlanStatus, Unserved, WhatIf
from logistics.dispatch.planner.change_codes import Known, changed
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.compare import side_by_side
from logistics.dispatch.planner.document import PlanDocument
from logistics.dispatch.planner.effort import Search
from logistics.dispatch.planner.left_out import Limits, left_out
from logistics.dispatch.planner.travel import roads_of
from logistics.dispatch.planner.what_if import outcome_of, planned_again
from logistics.dispatch.selectors.by_hand import locks_of
from logistics.dispatch.selectors.facts import day_facts
from logistics.dispatch.selectors.options import options_of
from logistics.dispatch.selectors.stored_plan import stored_plan
from logistics.dispatch.services.background import WAITS, claim, give_up_lost, see_through, stop, stopper, teller
from logistics.dispatch.services.jobs import refuse_seconds
from logistics.dispatch.services.planning import PlanRejected, names, plan_document, refuse_empty
from logistics.dispatch.services.roads import with_roads

WHAT_IF_TASK = "dispatch.what_if"
MOST_CHANGES = 8
KEEP = dt.timedelta(days=14)
LOOK_S = 60.0
LOOK_ROUNDS = 1_000
"""Of each trial, five times as many as when a plan is made."""

Tell = Callable[[float, str], None]


def known_of(day: dt.date, plan: Plan | None = None) -> Known:
    """The day as changes are made to it, under the locks of ``plan``; the roads as far as they are kept."""
    facts = day_facts(day)
    if plan is not None:
        facts = replace(facts, locks=locks_of(plan))
    return Known(facts, options_of(facts), names())


def ask(*, plan: Plan, changes: Sequence[str], actor: User, seconds: float = 10.0, seed: int = 1) -> WhatIf:
    """Queue the question what ``plan`` would be with ``changes`` (short forms) made one after the other.

    Refuses ``dispatch.no_changes``, ``dispatch.too_many_changes``, what :func:`changed` refuses, ``dispatch.seconds``,
    ``dispatch.hand_replaced`` for a plan that no longer counts, and ``dispatch.what_if_running`` while another question of the same
    person is on its way.
    """
    refuse_seconds(seconds)
    if not changes:
        raise Refusal(
            "dispatch.no_changes", Text("試す変更を一つ以上選んでください。", "Choose at least one change to try."), status=422
        )
    if len(changes) > MOST_CHANGES:
        raise Refusal(
            "dispatch.too_many_changes",
            Text(f"一度に試せる変更は{MOST_CHANGES}つまでです。", f"At most {MOST_CHANGES} changes can be tried at once."),
            params={"most": MOST_CHANGES},
            status=422,
        )
    _, made = changed(known_of(plan.day), list(changes))
    rows = [{"code": change.code, "ja": words.ja, "en": words.en} for change, words in made]
    return _queued(plan, actor, changes=rows, seconds=seconds, seed=seed)


def look_up(*, unserved: Unserved, actor: User, seconds: float = LOOK_S, seed: int = 1) -> WhatIf:
    """Queue a longer search for the reason of one thing left out and the change that would serve it. Refuses as :func:`ask` does."""
    refuse_seconds(seconds)
    return _queued(unserved.plan, actor, unserved=unserved, seconds=seconds, seed=seed)


def request_stop(*, what_if: WhatIf, actor: User) -> None:
    """Ask it to end with what is there so far."""
    stop(what_if)


def run(*, what_if_id: int, work: int | None = None) -> WhatIf | None:
    """Do a waiting one; ``None`` when there is nothing to do (a task may be delivered twice, R8; its plan may have gone). ``work`` counts
    search rounds instead of its seconds."""
    if not claim(WhatIf.objects.all(), what_if_id):
        return None
    row = WhatIf.objects.select_related("plan", "unserved").get(pk=what_if_id)
    see_through(
        row,
        lambda: {"answer": _looked_up(row, work) if row.unserved is not None else _answer(row, work)},
        rejected=Text(
            "計算した計画に誤りが見つかったため、結果を出していません。", "The check rejected what was planned; no answer."
        ),
        done=Text("計算が終わりました。", "Done."),
    )
    return WhatIf.objects.filter(pk=what_if_id).first()


def _queued(plan: Plan, actor: User, **values: Any) -> WhatIf:
    if plan.status == PlanStatus.REPLACED:
        raise Refusal(
            "dispatch.hand_replaced",
            Text("この計画は差し替え済みです。新しい計画で試してください。", "This plan was replaced. Try it on the new one."),
            params={"plan": plan.pk},
        )
    own = WhatIf.objects.filter(actor=actor)
    with transaction.atomic():
        WhatIf.objects.filter(created_at__lt=timezone.now() - KEEP).delete()
        give_up_lost(own)
        try:
            with transaction.atomic():
                row = WhatIf.objects.create(plan=plan, actor=actor, message_ja=WAITS.ja, message_en=WAITS.en, **values)
        except IntegrityError as busy:
            raise Refusal(
                "dispatch.what_if_running",
                Text(
                    "前に始めた計算がまだ終わっていません。終わるのを待つか、止めてから試してください。",
                    "The question you asked before is not answered yet. Wait for it or stop it first.",
                ),
            ) from busy
        send_after_commit(WHAT_IF_TASK, row.pk)
    return row


def _answer(row: WhatIf, work: int | None) -> dict[str, Any]:
    """Both plans are searched alike, so that what differs between them comes of the changes."""
    known = known_of(row.plan.day, row.plan)
    facts = with_roads(known.day)
    day, _ = changed(replace(known, day=facts), [change["code"] for change in row.changes])
    if day.places.keys() != facts.places.keys():
        day = with_roads(day)
    tell, search = teller(row), Search(None if work else row.seconds / 2, work, row.seed, stopper(row))
    tell(0.02, "present")
    unchanged = _planned(row.plan, facts, search, known)
    tell(0.5, "changed")
    planned = _planned(row.plan, day, search, known)
    depots = frozenset({v.depot for v in facts.vans} | {g.site for g in facts.goods if g.on_shelf})
    return side_by_side(row.plan.document, unchanged.to_json(), planned.to_json(), depots=depots)


def _planned(plan: Plan, day: Day, search: Search, known: Known) -> PlanDocument:
    """What has begun on a day under way goes on as it is; planning again knows how."""
    refuse_empty(day)
    if day.kept:
        document = plan_document(
            day,
            seconds=search.seconds,
            work=search.work,
            seed=search.seed,
            should_stop=search.should_stop,
            few_changes=True,
        )
    else:
        document = planned_again(day, stored_plan(plan), roads_of(day), search=search, names=known.names)
    faults = check_plan(day, document.to_json())
    if faults:
        raise PlanRejected(faults)
    return document


def _looked_up(row: WhatIf, work: int | None) -> dict[str, Any]:
    unserved = row.unserved
    assert unserved is not None  # noqa: S101 - the caller has looked
    known = known_of(row.plan.day, row.plan)
    facts = with_roads(known.day)
    roads = roads_of(facts)
    tell = teller(row)
    tell(0.05, "explain")
    limits = Limits(
        None if work else row.seconds,
        work,
        row.seed,
        rounds=LOOK_ROUNDS,
        only=(unserved.kind, unserved.ref),
        should_stop=stopper(row),
    )
    before = outcome_of(facts, stored_plan(row.plan), roads(facts.places))
    found = left_out(
        before.day,
        before.outcome,
        roads,
        limits=limits,
        category_names=known.names,
        options=known.options,
    )
    if not found:
        return {"served": True}
    left = found[0]
    return {
        "served": False,
        "grams": left.grams,
        "reason": left.code,
        "reason_ja": left.reason.ja,
        "reason_en": left.reason.en,
        "fix_ja": left.fix.ja if left.fix else "",
        "fix_en": left.fix.en if left.fix else "",
        "change": left.change,
        "tried": left.tried,
    }
