"""A day that is driven up to some hour by the same services as the drivers' phones."""

from __future__ import annotations

import datetime as dt

import pytest

from foodbank.accounts.services.system import system_user
from foodbank.donations.models import Offer
from foodbank.sites.models import SiteKind
from logistics.dispatch.models import PlanStatus, Route, Stop
from logistics.dispatch.services import handover


class Clock:
    """The time of the day, as the code asks for it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def __call__(self, moment: dt.datetime) -> None:
        self.monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


def work_at(stop: Stop) -> None:
    """Whatever there is to do at ``stop``, all of it."""
    actor = system_user()
    if stop.site.kind != SiteKind.DEPOT:
        handover.arrive(stop=stop, actor=actor)
    if stop.pick_ups.filter(lot__isnull=False, progress__called_off=False, progress__loaded=0).exists():
        handover.load_all(stop=stop, actor=actor)
    for offer in {s.offer for s in stop.pick_ups.filter(offer__isnull=False, progress__loaded=0, progress__called_off=False)}:
        units = sum(s.quantity for s in stop.pick_ups.filter(offer=offer))
        handover.collect(stop=stop, offer=offer, quantity=units, actor=actor)
    if stop.drop_offs.filter(progress__loaded__gt=0, progress__dropped=0).exists():
        handover.drop_all(stop=stop, actor=actor)
    handover.finish_stop(stop=stop, rest_stays=True, households=5 if stop.visit_id else None, actor=actor)


def drive_until(clock: Clock, moment: dt.datetime) -> None:
    for route in Route.objects.filter(plan__status__in=(PlanStatus.PUBLISHED, PlanStatus.STARTED)).order_by("pk"):
        for stop in route.stops.select_related("site").order_by("sequence"):
            if stop.leave > moment:
                break
            clock(stop.leave)
            work_at(stop)


def new_food(day: dt.date) -> Offer:
    """Seven more units of what a shop gives, from now on until the evening."""
    like = Offer.objects.filter(day=day).order_by("-ready_until", "pk").first()
    return Offer.objects.create(
        donor=like.donor, item=like.item, day=day, quantity=7, last_day=like.last_day, ready_from=like.ready_from,
        ready_until=dt.time(20),
    )  # fmt: skip
