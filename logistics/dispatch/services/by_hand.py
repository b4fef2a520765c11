"""Editing a plan by hand: each edit is a row that can be undone; what comes of it is stored as a draft like any other."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.core.locking import lock_rows
from logistics.allocation.facts import HandLock
from logistics.dispatch.models import Plan, PlanEdit, PlanStatus
from logistics.dispatch.planner.by_hand import written
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.edit import Edit, apply, to_json
from logistics.dispatch.planner.edit_words import broken_words, edit_words
from logistics.dispatch.planner.locks import marked
from logistics.dispatch.planner.travel import travel_of
from logistics.dispatch.selectors.by_hand import (
    State,
    keep,
    kept_of,
    known_left,
    remember,
    standing,
    state_of,
    table_of,
    version_of,
)
from logistics.dispatch.selectors.facts import day_facts
from logistics.dispatch.services.planning import refuse_called_off, store_plan
from logistics.dispatch.services.roads import with_roads

FAULTS_NAMED = 4


def open_plan(*, plan: Plan, fresh: bool = False) -> State:
    """The plan with its edits. The day's facts may be some minutes old unless they are asked for ``fresh``. Not inside a transaction. Refuses
    ``dispatch.hand_replaced`` for a plan that no longer counts."""
    if plan.status == PlanStatus.REPLACED:
        raise Refusal(
            "dispatch.hand_replaced",
            Text("この計画は差し替え済みです。新しい計画を直してください。", "This plan was replaced. Edit the new one."),
            params={"plan": plan.pk},
        )
    kept = None if fresh else kept_of(plan)
    if kept is None:
        facts = with_roads(day_facts(plan.day))
        kept = keep(plan, facts, travel_of(facts))
    table = table_of(kept)
    edits = standing(plan)
    return State(plan, kept, table, edits, state_of(plan, kept, table, edits))


def edit_plan(*, plan: Plan, edit: Edit, version: int, actor: User) -> State:
    """Make one more edit on the state that the person saw. Refuses ``dispatch.hand_changed`` when somebody else has edited since, and
    what :func:`logistics.dispatch.planner.edit.apply` refuses. Edits that were undone can then no longer be made again."""
    state = open_plan(plan=plan)
    _refuse_stale(state.edits, version)
    applied = apply(state.table, state.judged, edit)
    kind, params = to_json(edit)
    text = edit_words(state.kept.base, edit)
    with transaction.atomic():
        edits = _still(plan, version)
        PlanEdit.objects.filter(plan=plan, undone=True).delete()
        row = PlanEdit.objects.create(
            plan=plan,
            sequence=edits[-1].sequence + 1 if edits else 1,
            kind=kind,
            params=params,
            text_ja=text.ja[:300],
            text_en=text.en[:300],
            actor=actor,
        )
    edits = [*edits, row]
    remember(plan, state.kept, edits, applied.judged)
    return State(plan, state.kept, state.table, edits, applied.judged, applied.note)


def undo(*, plan: Plan, version: int, actor: User) -> State:
    """The last standing edit does not count any more. Refuses ``dispatch.hand_changed`` and ``dispatch.hand_no_undo``."""
    with transaction.atomic():
        edits = _still(plan, version)
        if not edits:
            raise Refusal("dispatch.hand_no_undo", Text("元に戻す手直しがありません。", "There is nothing to undo."))
        PlanEdit.objects.filter(pk=edits[-1].pk).update(undone=True)
    return open_plan(plan=plan)


def redo(*, plan: Plan, version: int, actor: User) -> State:
    """The edit undone last counts again. Refuses ``dispatch.hand_changed`` and ``dispatch.hand_no_redo``."""
    with transaction.atomic():
        _still(plan, version)
        row = PlanEdit.objects.filter(plan=plan, undone=True).order_by("sequence").first()
        if row is None:
            raise Refusal("dispatch.hand_no_redo", Text("やり直す手直しがありません。", "There is nothing to redo."))
        PlanEdit.objects.filter(pk=row.pk).update(undone=False)
    return open_plan(plan=plan)


def accept(*, plan: Plan, version: int, actor: User) -> Plan:
    """What is on the table as a new draft, on the day's facts as they are now, with the locks. Refuses ``dispatch.hand_changed``,
    ``dispatch.hand_breaks_rules`` (rules are never traded), ``dispatch.hand_rejected`` when the independent check finds anything, and
    ``dispatch.day_called_off``."""
    refuse_called_off(plan.day)
    state = open_plan(plan=plan, fresh=True)
    _refuse_stale(state.edits, version)
    _refuse_broken(state)
    locks: tuple[HandLock, ...] = state.judged.board.locks
    document = written(
        state.kept.facts,
        state.table,
        state.judged,
        travel_of(state.kept.facts),
        known=known_left(plan),
        seconds=plan.seconds,
        seed=plan.seed,
    )
    faults = check_plan(state.kept.facts, document.to_json())
    if faults:
        listed = "; ".join(str(fault) for fault in faults[:FAULTS_NAMED])
        raise Refusal(
            "dispatch.hand_rejected",
            Text(
                f"検査で誤りが見つかったため、保存していません。手直しを元に戻すか、計画を作り直してください。（{listed}）",
                f"The check found faults, so nothing was stored. Undo edits or plan again. ({listed})",
            ),
            params={"faults": [fault.code for fault in faults]},
        )
    with transaction.atomic():
        _still(plan, version)
        return store_plan(document=document, work=plan.work, actor=actor, locks=marked(document, locks))


def _refuse_broken(state: State) -> None:
    broken = [
        (state.kept.base.day.vans[vehicle].code, broken_words(state.kept.base, verdict, one))
        for vehicle, verdict in state.judged.verdicts.items()
        for one in verdict.broken
    ]
    if broken:
        raise Refusal(
            "dispatch.hand_breaks_rules",
            Text(
                "守れない決まりがあるため、案にできません。赤い所を直すか、元に戻してください。"
                + "".join(f"（{code}: {text.ja}）" for code, text in broken[:FAULTS_NAMED]),
                "It breaks rules, so it cannot become a draft. Mend what is red, or undo it. "
                + " ".join(f"({code}: {text.en})" for code, text in broken[:FAULTS_NAMED]),
            ),
            params={"vehicles": sorted({code for code, _ in broken})},
        )


def _still(plan: Plan, version: int) -> list[PlanEdit]:
    """The standing edits, locked, if they are those that the person saw."""
    lock_rows(Plan.objects.all(), [plan.pk])
    edits = standing(plan)
    _refuse_stale(edits, version)
    return edits


def _refuse_stale(edits: Sequence[PlanEdit], version: int) -> None:
    if version_of(edits) == version:
        return
    newer = [edit for edit in edits if edit.pk > version][-FAULTS_NAMED:]
    what = "、".join(edit.text_ja for edit in newer) or "手直しを元に戻した"
    what_en = "; ".join(edit.text_en for edit in newer) or "edits were undone"
    raise Refusal(
        "dispatch.hand_changed",
        Text(
            f"ほかの人が先に直しました（{what}）。いまの形を見て、もう一度操作してください。",
            f"Somebody else has edited meanwhile ({what_en}). Look at it as it is now and try again.",
        ),
        params={"version": version_of(edits)},
    )
