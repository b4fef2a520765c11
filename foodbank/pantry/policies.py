"""The rules of pickup days as pure functions: what goes into a parcel, and which figures may be shown outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

TARGET_G = 4_000
"""Grams of food for a household."""
CEILING_G = 5_000
"""No more than one can carry besides a child."""
KINDS = 10
"""At least so many kinds, where they are there."""
MOST_KINDS = 15
HIDDEN_BELOW = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """``free`` units of one lot that this household may have; choices stand in the order in which they should go (D20). Choices with the
    same ``kind`` are the same product."""

    kind: int
    unit_g: int
    free: int


def compose(shelf: Sequence[Choice], *, others: int) -> list[int]:
    """How many units of each choice go into a parcel, in the order of ``shelf``.

    First one unit each of :data:`KINDS` kinds, first expiring first; where these are too heavy, the heaviest makes room for the next
    lighter kind. Then further kinds, then second units, up to :data:`TARGET_G`, never above :data:`CEILING_G`. A second unit only of
    what is left when each of the ``others`` who still come gets one.
    """
    first_of: dict[int, int] = {}
    for index, choice in enumerate(shelf):
        if choice.free > 0 and choice.unit_g <= CEILING_G:
            first_of.setdefault(choice.kind, index)
    in_order = list(first_of.values())
    chosen = _kinds(in_order, shelf)
    taken = Counter(chosen)
    weight = sum(shelf[index].unit_g for index in chosen)
    for index in in_order:
        if weight >= TARGET_G or len(taken) >= MOST_KINDS:
            break
        if index not in taken and weight + shelf[index].unit_g <= CEILING_G:
            taken[index] = 1
            weight += shelf[index].unit_g
    left = Counter[int]()
    for choice in shelf:
        left[choice.kind] += choice.free
    spare = {kind: units - 1 - others for kind, units in left.items()}
    grew = True
    while grew and weight < TARGET_G:
        grew = False
        for index in [i for i in in_order if i in taken]:
            choice = shelf[index]
            if weight < TARGET_G and weight + choice.unit_g <= CEILING_G and spare[choice.kind] > 0:
                more = next((i for i, one in enumerate(shelf) if one.kind == choice.kind and one.free > taken[i]), None)
                if more is None or weight + shelf[more].unit_g > CEILING_G:
                    continue
                taken[more] += 1
                spare[choice.kind] -= 1
                weight += shelf[more].unit_g
                grew = True
    return [taken[index] for index in range(len(shelf))]


def _kinds(in_order: Sequence[int], shelf: Sequence[Choice]) -> list[int]:
    """The first :data:`KINDS` of them that together stay below the ceiling."""
    chosen = list(in_order[:KINDS])
    waiting = list(in_order[KINDS:])
    while sum(shelf[index].unit_g for index in chosen) > CEILING_G:
        heaviest = max(chosen, key=lambda index: shelf[index].unit_g)
        chosen.remove(heaviest)
        lighter = next((index for index in waiting if shelf[index].unit_g < shelf[heaviest].unit_g), None)
        if lighter is not None:
            waiting.remove(lighter)
            chosen.append(lighter)
    return chosen


def shown_outside(count: int) -> int | None:
    """A number of people for readers outside the food bank: nothing where so few might be recognised (P5). None at all is nobody."""
    return None if 0 < count < HIDDEN_BELOW else count
