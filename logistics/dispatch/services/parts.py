"""Areas of a day planned side by side: by Celery workers, and by whoever waits for them.

Each part is a row that somebody claims with one conditional update, so it is planned once, no matter how often its task is delivered
(R8). The caller works on parts itself until none is waiting: without any worker it does them all, and a part whose worker died is
taken up again.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable, Sequence

from cattrs.preconf.json import make_converter
from django.utils import timezone

from foodbank.core.jobs import send_after_commit
from logistics.allocation.facts import Day
from logistics.dispatch.models import PartState, PlanPart
from logistics.dispatch.planner.areas import Part
from logistics.travel.table import Roads

PART_TASK = "dispatch.plan_part"
LEAST_S = 2.0
HURRY_S = 1.0  # for what is still waiting when somebody asks to end
LOOK_AGAIN_S = 0.2
LOST_AFTER_S = 60.0
KEEP = dt.timedelta(days=1)

PlanOne = Callable[[Day, float | None, int | None, int], Part]
"""Facts of one area, seconds, work and seed to its plan."""

_json = make_converter()
_json.register_unstructure_hook(Roads, Roads.as_lists)
_json.register_structure_hook(Roads, lambda lists, _: Roads.from_lists(lists))


def plan_parts(
    areas: Sequence[Day],
    plan: PlanOne,
    *,
    seconds: float | None,
    work: int | None,
    seed: int,
    on_progress: Callable[[float, str], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> list[Part]:
    """The plans of ``areas``, in their order. Each area gets its share of ``seconds``, at least two; once ``should_stop`` says so, those
    not begun get one.

    Raises what ``plan`` raised for a part that failed twice.
    """
    each = None if seconds is None or work is not None else max(LEAST_S, seconds / len(areas))
    batch = begin(areas, seconds=each, work=work, seed=seed)
    try:
        _see_through(batch, plan, len(areas), each, on_progress, should_stop)
        return found(batch)
    finally:
        PlanPart.objects.filter(batch=batch).delete()


def begin(areas: Sequence[Day], *, seconds: float | None, work: int | None, seed: int) -> uuid.UUID:
    """Put the areas before the workers, ``seconds`` each; what they find is in the rows of the returned batch."""
    PlanPart.objects.filter(created_at__lt=timezone.now() - KEEP).delete()
    batch = uuid.uuid4()
    PlanPart.objects.bulk_create(
        [
            PlanPart(batch=batch, number=i, facts=_json.dumps(a), seconds=seconds, work=work, seed=seed)
            for i, a in enumerate(areas)
        ],
        batch_size=50,
    )
    for pk in PlanPart.objects.filter(batch=batch).values_list("pk", flat=True):
        send_after_commit(PART_TASK, pk)
    return batch


def found(batch: uuid.UUID) -> list[Part]:
    """The plans of a batch's areas, in their order; all of them must be done."""
    results = PlanPart.objects.filter(batch=batch).order_by("number").values_list("result", flat=True)
    return [_json.loads(result, Part) for result in results]


def work_on(part_id: int, plan: PlanOne) -> bool:
    """Plan a waiting part; False when there is nothing to do: another one has it, or its run is over."""
    if not PlanPart.objects.filter(pk=part_id, state=PartState.WAITING).update(
        state=PartState.RUNNING, claimed_at=timezone.now()
    ):
        return False
    part = PlanPart.objects.get(pk=part_id)
    try:
        result = plan(_json.loads(part.facts, Day), part.seconds, part.work, part.seed)
    except Exception:
        PlanPart.objects.filter(pk=part_id).update(state=PartState.FAILED)
        raise
    PlanPart.objects.filter(pk=part_id).update(state=PartState.DONE, result=_json.dumps(result))
    return True


def _see_through(
    batch: uuid.UUID,
    plan: PlanOne,
    count: int,
    each: float | None,
    on_progress: Callable[[float, str], None] | None,
    should_stop: Callable[[], bool] | None,
) -> None:
    own = PlanPart.objects.filter(batch=batch)
    while True:
        done = own.filter(state=PartState.DONE).count()
        if on_progress:
            on_progress(done / count, "route")
        if done == count:
            return
        if should_stop is not None and should_stop():
            own.filter(state=PartState.WAITING).update(seconds=HURRY_S, work=None)
        waiting = own.filter(state=PartState.WAITING).order_by("number").values_list("pk", flat=True).first()
        if waiting is not None:
            work_on(waiting, plan)
            continue
        failed = own.filter(state=PartState.FAILED).order_by("number").values_list("pk", flat=True).first()
        if failed is not None:  # once more, here, where its fault is seen
            own.filter(pk=failed).update(state=PartState.WAITING)
            work_on(failed, plan)
            continue
        gone = timezone.now() - dt.timedelta(seconds=LOST_AFTER_S + 3 * (each or LOST_AFTER_S))
        if not own.filter(state=PartState.RUNNING, claimed_at__lt=gone).update(state=PartState.WAITING):
            time.sleep(LOOK_AGAIN_S)
