"""A stop is over, done or not; and the route is back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.core.limits import MAX_PEOPLE
from foodbank.inventory.models import Movement, Reason
from foodbank.inventory.services.ledger import Move, post_many
from logistics.dispatch.models import (
    FailReason,
    Plan,
    Route,
    RouteProgress,
    Shipment,
    Step,
    StepKind,
    Stop,
    StopProgress,
    StopState,
)
from logistics.dispatch.selectors.facts import plan_document_ref
from logistics.dispatch.services.handover.base import CLOSED, begin, fresh_shipments, lock_live, lot_of, refuse_closed, state_of
from logistics.dispatch.services.handover.dropping import aboard_at, drop_all, store_of
from logistics.dispatch.services.handover.road import (
    be_there,
    depart,
    leave_out,
    lock_stop,
    refresh_route,
    refuse_back,
    route_progress,
)

_SHOWN = 5
NOTE_LENGTH = 300


@transaction.atomic
def finish_stop(
    *,
    stop: Stop,
    actor: User,
    rest_stays: bool = False,
    households: int | None = None,
    note: str = "",
    batch: uuid.UUID | None = None,
) -> StopProgress:
    """All is done at ``stop``. With ``rest_stays``, goods that were not handed over ride on and come back to the depot, and what was
    not picked up does not travel. ``households``: how many came to a visit. ``batch`` joins it to what was done by the same press.

    Refuses what :func:`arrive` refuses, ``dispatch.not_done`` (goods of this stop that nobody has said anything about, unless
    ``rest_stays``), ``dispatch.households`` (a visit without its number) and ``dispatch.note_too_long``.
    """
    plan, fresh = lock_stop(stop)
    refuse_closed(fresh)
    _refuse_note(note)
    if fresh.visit_id is not None and (households is None or not 0 <= households <= MAX_PEOPLE):
        raise Refusal(
            "dispatch.households",
            Text("来た世帯の数を入力してください（0でもかまいません）。", "Enter how many households came (0 is fine)."),
            status=400,
        )
    batch = batch or uuid.uuid4()
    unpicked, undropped = _open_goods(plan, fresh)
    if (unpicked or undropped) and not rest_stays:
        raise _not_done(unpicked, undropped)
    progress = be_there(plan=plan, stop=fresh, actor=actor)
    for row in unpicked:
        leave_out(stop=fresh, shipment=row, batch=batch, actor=actor)
    now = timezone.now()
    if not Stop.objects.filter(route=fresh.route_id, sequence__lt=fresh.sequence).exists():
        depart(plan=plan, route=fresh.route, now=now, actor=actor)
    progress.households = households if fresh.visit_id is not None else None
    _close(progress, StopState.DONE, now, actor, note=note)
    Step.objects.create(stop=fresh, batch=batch, kind=StepKind.CLOSE, actor=actor)
    refresh_route(route=fresh.route, actor=actor)
    return progress


@transaction.atomic
def deliver(
    *, stop: Stop, actor: User, client_id: uuid.UUID | None = None, device_time: dt.datetime | None = None
) -> list[Movement]:
    """Everything aboard for ``stop`` is handed over, and the stop is over unless something is still to be picked up there. Refuses as
    :func:`drop_all` and :func:`finish_stop` do."""
    batch = client_id or uuid.uuid4()
    movements = drop_all(stop=stop, client_id=batch, device_time=device_time, actor=actor)
    plan, fresh = lock_stop(stop)
    if state_of(fresh) not in CLOSED and not _open_goods(plan, fresh)[0]:
        finish_stop(stop=stop, batch=batch, actor=actor)
    return movements


@transaction.atomic
def serve_visit(
    *,
    stop: Stop,
    counts: Mapping[int, int],
    households: int | None,
    actor: User,
    note: str = "",
    client_id: uuid.UUID | None = None,
    device_time: dt.datetime | None = None,
) -> StopProgress:
    """A visit is over: so many units of each shipment (by primary key) went to so many households, and the rest rides back. Refuses as
    :func:`drop_all` and :func:`finish_stop` do."""
    batch = client_id or uuid.uuid4()
    if any(counts.values()):
        drop_all(stop=stop, counts=counts, client_id=batch, device_time=device_time, actor=actor)
    return finish_stop(stop=stop, households=households, note=note, batch=batch, actor=actor)


@transaction.atomic
def fail_stop(*, stop: Stop, reason: FailReason, actor: User, note: str = "") -> StopProgress:
    """Nothing could be done at ``stop``. What was to be handed over rides on and comes back to the depot; what was to be picked up
    does not travel.

    Refuses what :func:`arrive` refuses, ``dispatch.work_done_here`` (something was: finish it instead), ``dispatch.note_missing``
    (reason "other" without a note) and ``dispatch.note_too_long``.
    """
    plan, fresh = lock_stop(stop)
    refuse_closed(fresh)
    _refuse_note(note)
    if reason == FailReason.OTHER and not note.strip():
        raise Refusal("dispatch.note_missing", Text("理由を備考に書いてください。", "Say why in the note."), status=400)
    if Step.objects.standing().filter(stop=fresh).exists():
        raise Refusal(
            "dispatch.work_done_here",
            Text(
                "ここではもう品物を動かしています。「終わった」を押すか、先に取り消してください。",
                "Goods were moved here already. Finish the stop, or take that back first.",
            ),
            params={"stop": fresh.code},
        )
    begin(plan)
    progress = getattr(fresh, "progress", None) or StopProgress(stop=fresh)
    batch = uuid.uuid4()
    unpicked, _ = _open_goods(plan, fresh)
    for row in unpicked:
        leave_out(stop=fresh, shipment=row, batch=batch, actor=actor)
    _close(progress, StopState.FAILED, timezone.now(), actor, note=note, reason=reason)
    Step.objects.create(stop=fresh, batch=batch, kind=StepKind.CLOSE, actor=actor)
    refresh_route(route=fresh.route, actor=actor)
    return progress


@transaction.atomic
def finish_route(*, route: Route, actor: User, device_time: dt.datetime | None = None) -> RouteProgress:
    """The vehicle is back: what is still aboard goes into the depot's store, and nothing stays reserved for the route.

    Refuses ``dispatch.not_published``, ``dispatch.replaced``, ``dispatch.route_back`` and ``dispatch.stops_open``.
    """
    plan = lock_live(Route.objects.values_list("plan_id", flat=True).get(pk=route.pk))
    fresh = Route.objects.select_related("vehicle__depot").get(pk=route.pk)
    refuse_back(fresh)
    stops = list(Stop.objects.filter(route=fresh).select_related("site", "progress").order_by("sequence"))
    _refuse_open(stops)
    batch = uuid.uuid4()
    pks = Shipment.objects.filter(pick_stop__route=fresh).values_list("pk", flat=True)
    rows = sorted(fresh_shipments(plan, pks).values(), key=lambda row: row.pk)
    back = [row for row in rows if row.progress.aboard > 0]
    moves = []
    places = aboard_at(rows=back, actor=actor)
    for row in back:
        source = places[row.pk]
        moves.append(
            Move(
                lot=lot_of(row),
                source=source,
                target=store_of(site=fresh.vehicle.depot, zone=source.zone, actor=actor),
                quantity=row.progress.aboard,
                reason=Reason.UNLOAD,
                document=plan_document_ref(plan),
                device_time=device_time,
            )
        )
    for row, movement in zip(back, post_many(moves=moves, actor=actor), strict=True):
        row.progress.returned += movement.quantity
        row.progress.save(update_fields=["returned"])
        Step.objects.create(
            stop=stops[-1],
            batch=batch,
            kind=StepKind.BRING_BACK,
            shipment=row,
            movement=movement,
            quantity=movement.quantity,
            actor=actor,
        )
    progress = route_progress(plan=plan, route=fresh, actor=actor)
    progress.back_at = timezone.now()
    progress.save(update_fields=["back_at"])
    Step.objects.create(stop=stops[-1], batch=batch, kind=StepKind.BACK, actor=actor)
    return progress


def _close(
    progress: StopProgress,
    state: StopState,
    now: dt.datetime,
    actor: User,
    *,
    note: str,
    reason: FailReason | None = None,
) -> None:
    progress.state, progress.closed_at, progress.actor = state, now, actor
    progress.note, progress.fail_reason = note.strip(), reason.value if reason is not None else ""
    progress.save()


def _open_goods(plan: Plan, stop: Stop) -> tuple[list[Shipment], list[Shipment]]:
    """What was to be picked up here and was not, or only in part; and what is aboard for this stop of which nothing was handed over.
    What a visit has not handed out needs no word: it comes back."""
    picks = Shipment.objects.filter(pick_stop=stop).values_list("pk", flat=True)
    drops = Shipment.objects.filter(drop_stop=stop).values_list("pk", flat=True)
    rows = fresh_shipments(plan, {*picks, *drops})
    picked, dropped = set(picks), set(drops)
    in_order = sorted(rows.values(), key=lambda row: row.pk)
    unpicked = [row for row in in_order if row.pk in picked and not row.progress.called_off and _to_pick(row)]
    undropped = [
        row
        for row in in_order
        if row.pk in dropped and stop.visit_id is None and row.progress.aboard > 0 and row.progress.dropped == 0
    ]
    return unpicked, undropped


def _to_pick(row: Shipment) -> bool:
    """A shop's goods are collected once, however many there were; from the shelf, all that was planned."""
    return bool(row.progress.loaded == 0 if row.offer_id is not None else row.progress.loaded < row.quantity)


def _not_done(unpicked: Sequence[Shipment], undropped: Sequence[Shipment]) -> Refusal:
    names = [row.item.name for row in [*unpicked, *undropped]]
    shown = "、".join(names[:_SHOWN]) + (f" ほか{len(names) - _SHOWN}品" if len(names) > _SHOWN else "")
    return Refusal(
        "dispatch.not_done",
        Text(
            f"まだ受け取って・渡していない品があります: {shown}。数を入れるか、「残りはそのままにする」を選んでください。",
            f"{len(names)} kind(s) of goods of this stop have not been dealt with. Count them, or choose to leave the rest as it is.",
        ),
        params={"pick_up": [row.unit for row in unpicked], "drop_off": [row.unit for row in undropped]},
    )


def _refuse_open(stops: Sequence[Stop]) -> None:
    still = [stop for stop in stops if getattr(stop, "progress", None) is None or stop.progress.state not in CLOSED]
    if still:
        raise Refusal(
            "dispatch.stops_open",
            Text(
                f"まだ終わっていない立寄先が{len(still)}か所あります（次は{still[0].site.name}）。"
                "「終わった」か「できなかった」を押してから、帰着を記録してください。",
                f"{len(still)} stop(s) are still open, next {still[0].site.code}. Finish or fail them first.",
            ),
            params={"stops": [stop.code for stop in still]},
        )


def _refuse_note(note: str) -> None:
    if len(note.strip()) > NOTE_LENGTH:
        raise Refusal(
            "dispatch.note_too_long",
            Text(f"備考は{NOTE_LENGTH}文字までにしてください。", f"A note may have {NOTE_LENGTH} characters at most."),
            status=400,
        )
