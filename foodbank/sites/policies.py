"""What a site's data must satisfy, on every face."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from foodbank.core.codes import code_fault
from foodbank.core.errors import Text

Moment = TypeVar("Moment", dt.time, int)

# Japan from 与那国島 to 南鳥島 and 宗谷岬, so that exchanged or forgotten coordinates are seen.
SOUTH, NORTH, WEST, EAST = 20.0, 46.0, 122.0, 154.5

MIN_HEIGHT_CM, MAX_HEIGHT_CM = 100, 1_000
MIN_WEIGHT_KG, MAX_WEIGHT_KG = 500, 60_000


def in_japan(latitude: float, longitude: float) -> bool:
    """A place outside Japan is doubtful and nothing more: open data have such places, and no vehicle will reach them."""
    return SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST


def coordinate_faults(latitude: float, longitude: float) -> dict[str, Text]:
    """What cannot be a place at all, by field: not on Earth, exchanged, or zero."""
    if in_japan(latitude, longitude):
        return {}
    if in_japan(longitude, latitude):
        return {"latitude": Text("緯度と経度が逆です。", "Latitude and longitude are exchanged.")}
    if latitude == 0 and longitude == 0:
        return {"latitude": Text("緯度・経度が0です。場所を入力してください。", "The coordinates are 0, 0; enter the place.")}
    faults: dict[str, Text] = {}
    if not -90 <= latitude <= 90:
        faults["latitude"] = Text("緯度は-90から90の間で入力してください。", "A latitude is between -90 and 90.")
    if not -180 <= longitude <= 180:
        faults["longitude"] = Text("経度は-180から180の間で入力してください。", "A longitude is between -180 and 180.")
    return faults


def size_faults(*, height_cm: int | None, weight_kg: int | None, height_field: str, weight_field: str) -> dict[str, Text]:
    """What is wrong with a vehicle's height and weight, or with a place's limits of them, by field. Metres and tonnes typed for
    centimetres and kilograms are seen."""
    faults: dict[str, Text] = {}
    if height_cm is not None and not MIN_HEIGHT_CM <= height_cm <= MAX_HEIGHT_CM:
        faults[height_field] = Text(
            f"高さは{MIN_HEIGHT_CM}から{MAX_HEIGHT_CM:,} cmの間で入力してください。2.3 mは230です。",
            f"A height is {MIN_HEIGHT_CM} to {MAX_HEIGHT_CM:,} cm; 2.3 m is 230.",
        )
    if weight_kg is not None and not MIN_WEIGHT_KG <= weight_kg <= MAX_WEIGHT_KG:
        faults[weight_field] = Text(
            f"重さは{MIN_WEIGHT_KG}から{MAX_WEIGHT_KG:,} kgの間で入力してください。1.5 tは1500です。",
            f"A weight is {MIN_WEIGHT_KG} to {MAX_WEIGHT_KG:,} kg; 1.5 t is 1500.",
        )
    return faults


def site_faults(*, code: str, name: str, latitude: float, longitude: float, opens: dt.time, closes: dt.time) -> dict[str, Text]:
    """What is wrong, by field; empty when all is well."""
    faults = coordinate_faults(latitude, longitude)
    wrong_code = code_fault(code)
    if wrong_code is not None:
        faults["code"] = wrong_code[1]
    if not name.strip():
        faults["name"] = Text("名称を入力してください。", "Please give a name.")
    if closes <= opens:
        faults["closes"] = Text("閉まる時刻は開く時刻より後にしてください。", "It must close after it opens.")
    return faults


def pause_faults(
    *, pause_from: dt.time | None, pause_until: dt.time | None, opens: dt.time, closes: dt.time, hands_over: bool
) -> dict[str, Text]:
    """What is wrong with the hours in between at which a place is closed, by field. ``hands_over``: goods are fetched or brought there at
    times of its own (shops and partners)."""
    if pause_from is None and pause_until is None:
        return {}
    if not hands_over:
        return {"pause_from": Text("中休みは、寄付者と提供先だけです。", "Only donors and partners close in between.")}
    if pause_from is None or pause_until is None:
        field = "pause_from" if pause_from is None else "pause_until"
        return {field: Text("中休みは、始まりと終わりの両方を入力してください。", "Enter both ends of the hours in between.")}
    if not opens < pause_from < pause_until < closes:
        return {
            "pause_from": Text(
                f"中休みは、開いている時間（{opens:%-H:%M}–{closes:%-H:%M}）の間で、終わりを始まりより後にしてください。",
                f"The hours in between lie inside the opening hours ({opens:%H:%M} to {closes:%H:%M}) and end after they start.",
            )
        }
    return {}


def open_parts(begin: Moment, end: Moment, pause: tuple[Moment, Moment] | None) -> tuple[tuple[Moment, Moment], ...]:
    """What is left of the time from ``begin`` to ``end`` when ``pause`` is taken out of it; a single moment is no part, unless it is all
    there was."""
    if end < begin:
        return ()
    if pause is None or end <= pause[0] or pause[1] <= begin:
        return ((begin, end),)
    parts = ((begin, pause[0]), (pause[1], end))
    return tuple(part for part in parts if part[0] < part[1])


def open_part(begin: Moment, end: Moment, pause: tuple[Moment, Moment] | None, at: Moment) -> tuple[Moment, Moment]:
    """The part in which ``at`` lies; the whole where it lies in none."""
    return next((part for part in open_parts(begin, end, pause) if part[0] <= at <= part[1]), (begin, end))
