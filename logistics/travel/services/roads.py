"""Driving times for a day's planning: what is kept, and what the provider has to be asked for."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping

import numpy as np
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from foodbank.core.dates import today
from logistics.travel.great_circle import GreatCircle
from logistics.travel.models import RoadData, RoadLeg, RoadPoint
from logistics.travel.provider import MOST_PLACES, Block, Point, Provider, ProviderDown, TooLarge
from logistics.travel.selectors.legs import (
    Known,
    estimated_roads,
    known_legs,
    known_points,
    micro,
    newest_data,
    road_provider,
    roads_from,
)
from logistics.travel.table import Located, Roads, blocks, halves, point_of

SILENCE_S = 60  # after a failure nobody asks again, so that not every plan waits for a dead server
VERSION_HOLDS = dt.timedelta(hours=1)
MOST_POINTS = 500  # in one address
DATA_KEPT = dt.timedelta(days=14)
POINT_KEPT = dt.timedelta(days=120)
_BATCH = 1_000


class _Renewed(Exception):
    """The server answers from other road data than was thought."""

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.version = version


def travel_table(places: Mapping[str, Located], *, circle: GreatCircle) -> Roads | None:
    """Driving times between ``places`` (by code) from the provider of this installation; ``None``: there is none but the great circle.

    More than :data:`MOST_PLACES` are not asked for: their pairs are too many to keep. All of them are estimated then (``too_many``).

    Pairs that are kept from before are not asked for again. Asking ends after ``TRAVEL_SECONDS`` in all; what comes before that is kept,
    so the next call goes on. Where there is no answer, or no way, ``circle`` fills in and the pair is flagged. Never raises for a
    provider's sake. Call it outside a transaction: asking takes a while, and a lock would be held that long.
    """
    provider = road_provider()
    if provider is None or not places:
        return None
    if len(places) > MOST_PLACES:
        return estimated_roads(places, circle=circle, provider=provider, fallback="too_many")
    points = tuple(dict.fromkeys(point_of(place) for place in places.values()))
    until = time.monotonic() + settings.TRAVEL_SECONDS
    data, fallback = newest_data(provider), ""
    known = known_legs(data, points)
    try:
        _refuse_while_silent(provider)
        data = _current_data(provider, points[0], data, until)
        for _ in range(2):  # road data change at most once while we ask
            known = known_legs(data, points)
            try:
                _ask_missing(provider, data, known, until)
                break
            except _Renewed as renewed:
                data = _seen(provider, renewed.version)
    except ProviderDown as down:
        fallback = down.reason
    _used(data, points)
    return roads_from(known, places, circle=circle, provider=provider, data=data, fallback=fallback)


def check_provider(*, near: Point) -> str:
    """Ask the provider now, whatever was found out a moment ago: empty when it answers, else why not."""
    provider = road_provider()
    if provider is None:
        return ""
    cache.delete(_silence(provider))
    try:
        _seen(provider, provider.version(near, until=time.monotonic() + settings.TRAVEL_SECONDS))
    except ProviderDown as down:
        cache.set(_silence(provider), down.reason, SILENCE_S)
        return down.reason
    return ""


def forget_old_roads() -> int:
    """Delete road data that a newer extract has replaced, and points where nothing has been for long. Returns how many rows of either."""
    now = today()
    newest = {(row.provider, row.profile): row.pk for row in RoadData.objects.order_by("checked_at")}
    old = RoadData.objects.filter(used_on__lt=now - DATA_KEPT).exclude(pk__in=newest.values())
    count = old.count()
    old.delete()
    gone = RoadPoint.objects.filter(used_on__lt=now - POINT_KEPT)
    count += gone.count()
    gone.delete()
    return count


def _silence(provider: Provider) -> str:
    return f"travel/silence/{provider.name}/{settings.TRAVEL_URL}"


def _refuse_while_silent(provider: Provider) -> None:
    reason = cache.get(_silence(provider))
    if reason:
        raise ProviderDown(reason)


def _current_data(provider: Provider, near: Point, newest: RoadData | None, until: float) -> RoadData:
    if newest is not None and timezone.now() - newest.checked_at < VERSION_HOLDS:
        return newest
    try:
        return _seen(provider, provider.version(near, until=until))
    except ProviderDown as down:
        cache.set(_silence(provider), down.reason, SILENCE_S)
        raise


def _seen(provider: Provider, version: str) -> RoadData:
    """The row of what the server answers from now."""
    year, week, _ = today().isocalendar()
    values = {"checked_at": timezone.now(), "used_on": today(), "dated": bool(version)}
    found, _ = RoadData.objects.update_or_create(
        provider=provider.name, profile=provider.profile, version=(version or f"{year}-W{week:02d}")[:40], defaults=values
    )
    return found


def _ask_missing(provider: Provider, data: RoadData, known: Known, until: float) -> None:
    """Fill ``known`` and keep what is found. Raises :class:`ProviderDown` where it ends early, and :class:`_Renewed`."""
    waiting = list(blocks(~known.asked))
    most = MOST_POINTS
    while waiting:
        sources, targets = waiting.pop()
        if known.asked[np.ix_(sources, targets)].all():
            continue
        if len({*sources, *targets}) > most:
            waiting += halves(sources, targets)
            continue
        try:
            block = provider.ask([known.points[i] for i in sources], [known.points[j] for j in targets], until=until)
        except TooLarge:
            most = max(2, len({*sources, *targets}) - 1)
            if most == 2 and len({*sources, *targets}) == 2:
                raise ProviderDown("nonsense", "two places are too many") from None
            waiting += halves(sources, targets)
            continue
        except ProviderDown as down:
            cache.set(_silence(provider), down.reason, SILENCE_S)
            raise
        if block.version and data.version != block.version[:40]:
            raise _Renewed(block.version)
        at = np.ix_(sources, targets)
        fresh = ~known.asked[at]
        known.seconds[at], known.metres[at] = block.seconds, block.metres
        known.asked[at], known.no_way[at] = True, block.missing
        np.fill_diagonal(known.no_way, False)
        np.fill_diagonal(known.seconds, 0)
        np.fill_diagonal(known.metres, 0)
        _keep(data, known, sources, targets, block, fresh)


@transaction.atomic
def _keep(data: RoadData, known: Known, sources: list[int], targets: list[int], block: Block, fresh: NDArray[np.bool_]) -> None:
    """Somebody else may keep the same at the same time: the first row stays."""
    points = [known.points[i] for i in {*sources, *targets}]
    there = known_points(points)
    new = [RoadPoint(latitude_e6=a, longitude_e6=b, used_on=today()) for a, b in {micro(p) for p in points} - set(there)]
    if new:
        RoadPoint.objects.bulk_create(new, batch_size=_BATCH, ignore_conflicts=True)
        there = known_points(points)
    keys = {i: there[micro(known.points[i])].pk for i in {*sources, *targets}}
    legs = []
    for row, i in enumerate(sources):
        for column, j in enumerate(targets):
            if i != j and fresh[row, column]:
                empty = bool(block.missing[row, column])
                legs.append(
                    RoadLeg(
                        data=data,
                        origin_id=keys[i],
                        target_id=keys[j],
                        seconds=None if empty else int(block.seconds[row, column]),
                        metres=None if empty else int(block.metres[row, column]),
                    )
                )
    RoadLeg.objects.bulk_create(legs, batch_size=_BATCH, ignore_conflicts=True)


def _used(data: RoadData | None, points: tuple[Point, ...]) -> None:
    """Once a day, so that planning again and again does not write again and again."""
    now = today()
    if data is not None and data.used_on != now:
        RoadData.objects.filter(pk=data.pk).update(used_on=now)
    stale = [row.pk for row in known_points(points).values() if row.used_on != now]
    for begin in range(0, len(stale), _BATCH):
        RoadPoint.objects.filter(pk__in=stale[begin : begin + _BATCH]).update(used_on=now)
