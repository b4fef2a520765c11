"""Bookings by slot, as numbers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Count, Q

from foodbank.pantry.models import BookingState, Slot


@dataclass(frozen=True, slots=True)
class SlotFigures:
    """``taken`` of ``capacity`` places are booked; so many households wait, are there, have been given their food."""

    start: dt.time
    end: dt.time
    capacity: int
    taken: int
    waiting: int
    checked_in: int
    handed_over: int


@dataclass(slots=True)
class PickupFigures:
    """One pickup day. Counts of households only; who they are is not the day page's business."""

    pk: int
    site: str
    called_off: bool
    slots: list[SlotFigures] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        return sum(slot.waiting for slot in self.slots)

    @property
    def free(self) -> int:
        return 0 if self.called_off else sum(slot.capacity - slot.taken for slot in self.slots)


def bookings_by_slot(day: dt.date) -> list[PickupFigures]:
    """One query."""
    found: dict[int, PickupFigures] = {}
    states = {"waiting": BookingState.WAITING, "checked_in": BookingState.CHECKED_IN, "handed_over": BookingState.HANDED_OVER}
    rows = (
        Slot.objects.filter(pickup_day__day=day)
        .select_related("pickup_day__site", "pickup_day__call_off")
        .annotate(**{name: Count("bookings", filter=Q(bookings__state=state)) for name, state in states.items()})
        .order_by("pickup_day__site__code", "start")
    )
    for row in rows:
        one = found.setdefault(
            row.pickup_day_id,
            PickupFigures(row.pickup_day_id, row.pickup_day.site.name, getattr(row.pickup_day, "call_off", None) is not None),
        )
        one.slots.append(
            SlotFigures(
                row.start,
                row.end,
                row.capacity,
                row.taken,
                *(getattr(row, name) for name in ("waiting", "checked_in", "handed_over")),
            )
        )
    return list(found.values())
