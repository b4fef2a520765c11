"""The driver says when a vehicle that is late will be at its next stop.

That is no step: no goods move, nothing has to be taken back in order, and whoever says another time has changed it. It goes away by
itself when somebody is there.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.core.templatetags.words import clock
from logistics.dispatch.models import Stop, StopProgress, StopState
from logistics.dispatch.policies import LATEST
from logistics.dispatch.selectors.begun import departed
from logistics.dispatch.selectors.drivers_word import DriversWord, drivers_word
from logistics.dispatch.services.handover.base import begin, refuse_closed, state_of
from logistics.dispatch.services.handover.road import lock_stop, refresh_route, refuse_back


@transaction.atomic
def say_late(*, stop: Stop, expected_at: dt.datetime, actor: User) -> StopProgress:
    """The vehicle will be at ``stop``, the next of its route, at ``expected_at``; another time said before is replaced. What is expected
    of the stops after it moves with it, also what partners see. The plan is on the road.

    Refuses what :func:`lock_live` refuses, ``dispatch.route_back``, ``dispatch.stop_closed``, ``dispatch.arrived``,
    ``dispatch.not_left`` (it is still at its depot), ``dispatch.not_next``, and by the time ``dispatch.late_past``,
    ``dispatch.late_not_later`` (than expected anyway) and ``dispatch.late_too_late`` (more than ``policies.LATEST`` after the plan).
    """
    plan, fresh = lock_stop(stop)
    _refuse_over(fresh)
    _refuse_time(_word(fresh), expected_at)
    progress = getattr(fresh, "progress", None) or StopProgress(stop=fresh)
    progress.expected_at, progress.actor = expected_at, actor
    progress.save()
    begin(plan)
    refresh_route(route=fresh.route, actor=actor)
    return progress


@transaction.atomic
def say_on_time(*, stop: Stop, actor: User) -> None:
    """What was said of ``stop`` no longer holds; where nothing was said, nothing changes.

    Refuses what :func:`lock_live` refuses, ``dispatch.route_back``, ``dispatch.stop_closed`` and ``dispatch.arrived``.
    """
    _, fresh = lock_stop(stop)
    _refuse_over(fresh)
    progress = getattr(fresh, "progress", None)
    if progress is not None and progress.expected_at is not None:
        progress.expected_at, progress.actor = None, actor
        progress.save()
        refresh_route(route=fresh.route, actor=actor)


def _refuse_over(stop: Stop) -> None:
    refuse_back(stop.route)
    refuse_closed(stop)
    if state_of(stop) == StopState.ARRIVED:
        raise Refusal(
            "dispatch.arrived",
            Text("この立寄先にはもう着いています。", "The vehicle is at this stop already."),
            params={"stop": stop.code},
        )


def _word(stop: Stop) -> DriversWord:
    """What may be said of ``stop``. Refuses ``dispatch.not_left`` and ``dispatch.not_next``."""
    stops = list(Stop.objects.filter(route=stop.route_id).select_related("site", "progress").order_by("sequence"))
    left = departed(stop.route)
    word = drivers_word(stops, list(stop.route.breaks.all()), departed=left)
    if word is not None and word.stop == stop:
        return word
    if word is None and not left:
        raise Refusal(
            "dispatch.not_left",
            Text(
                "まだ拠点を出ていません。「出発する」を押してから知らせてください。出発がおくれるときは、コーディネーターに電話してください。",
                "The vehicle has not left its depot. Say so once it has; if it leaves late, call the coordinator.",
            ),
            params={"stop": stop.code},
        )
    raise Refusal(
        "dispatch.not_next",
        Text(
            "おくれは、次の立寄先について知らせてください。その先の時刻は、自動で動きます。",
            "Say it of the next stop; the times after it move by themselves.",
        ),
        params={"stop": stop.code},
    )


def _refuse_time(word: DriversWord, expected_at: dt.datetime) -> None:
    if expected_at < word.now.replace(second=0, microsecond=0):
        raise Refusal(
            "dispatch.late_past",
            Text(
                f"{clock(expected_at)} はもう過ぎています。これから着く時刻を選んでください。",
                f"{clock(expected_at)} is over. Choose a time that is still to come.",
            ),
            status=400,
        )
    if expected_at <= word.otherwise:
        raise Refusal(
            "dispatch.late_not_later",
            Text(
                f"いまの見込みは {clock(word.otherwise)} です。それより後の時刻を選んでください。",
                f"It is expected at {clock(word.otherwise)} as it is. Choose a later time.",
            ),
            status=400,
        )
    if expected_at > word.latest:
        hours = LATEST // dt.timedelta(hours=1)
        raise Refusal(
            "dispatch.late_too_late",
            Text(
                f"予定より{hours}時間を超えておくれるときは、コーディネーターに電話してください。",
                f"If it will be more than {hours} hours later than planned, call the coordinator.",
            ),
            status=400,
        )
