"""What a vehicle's data must satisfy, on every face."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence

from foodbank.core.codes import code_fault
from foodbank.core.errors import Text

MAX_CAPACITY_KG = 50_000
MAX_BREAK_MINUTES = 480
MAX_STOPS = 200
MAX_YEN_PER_KM = 1_000
MAX_YEN_PER_DAY = 200_000
DAYS_TO_EVEN_OUT = 5
COST_PER_S_OVER_FAIR = 1


def vehicle_faults(*, code: str, name: str, ambient_g: int, chilled_g: int, frozen_g: int) -> dict[str, Text]:
    """What is wrong, by field; empty when all is well."""
    faults: dict[str, Text] = {}
    wrong_code = code_fault(code)
    if wrong_code is not None:
        faults["code"] = wrong_code[1]
    if not name.strip() or len(name) > 100:
        faults["name"] = Text("名称を1〜100文字で入力してください。", "The name needs 1 to 100 characters.")
    for field, grams in (("ambient_g", ambient_g), ("chilled_g", chilled_g), ("frozen_g", frozen_g)):
        if not 0 <= grams <= MAX_CAPACITY_KG * 1000:
            faults[field] = Text(
                f"積める重さは0から{MAX_CAPACITY_KG:,} kgの間で入力してください。", f"A capacity is 0 to {MAX_CAPACITY_KG:,} kg."
            )
    if not faults and ambient_g + chilled_g + frozen_g == 0:
        faults["ambient_g"] = Text("積める重さがどれも0です。", "The vehicle can carry nothing.")
    return faults


def stops_faults(max_stops: int | None) -> dict[str, Text]:
    if max_stops is None or 1 <= max_stops <= MAX_STOPS:
        return {}
    return {"max_stops": Text(f"1から{MAX_STOPS}の間で入力してください。", f"Must be 1 to {MAX_STOPS}.")}


def cost_faults(*, yen_per_km: int | None, yen_per_day: int | None) -> dict[str, Text]:
    """What is wrong, by field; ``None``: nothing is said of it."""
    faults: dict[str, Text] = {}
    for field, yen, most in (("yen_per_km", yen_per_km, MAX_YEN_PER_KM), ("yen_per_day", yen_per_day, MAX_YEN_PER_DAY)):
        if yen is not None and not 0 <= yen <= most:
            faults[field] = Text(f"0から{most:,}円の間で入力してください。", f"Enter 0 to {most:,} yen.")
    return faults


def permit_faults(
    *, kitchen_car: bool, permit_class: str, area: str, valid_from: dt.date, valid_until: dt.date | None
) -> dict[str, Text]:
    """D17: a kitchen car's permit has a class and an area."""
    faults: dict[str, Text] = {}
    if kitchen_car and not permit_class:
        faults["permit_class"] = Text(
            "キッチンカーの許可には区分（40・80・200 L）が要ります。", "A kitchen car's permit has a class."
        )
    if kitchen_car and not area.strip():
        faults["area"] = Text("キッチンカーの許可には区域が要ります。", "A kitchen car's permit has an area.")
    if valid_until is not None and valid_until < valid_from:
        faults["valid_until"] = Text("終了日は開始日以降にしてください。", "The end must not be before the start.")
    return faults


def shift_faults(
    *, start: dt.time, end: dt.time, break_minutes: int, kitchen_car_ends_elsewhere: bool = False
) -> dict[str, Text]:
    """What is wrong, by field; empty when all is well. A kitchen car comes back to its depot with what a visit has left."""
    if kitchen_car_ends_elsewhere:
        return {
            "ends_at": Text(
                "キッチンカーは、残った品を下ろすため、拠点に戻って終わります。",
                "A kitchen car ends at its depot, to unload what is left.",
            )
        }
    if end <= start:
        return {"end": Text("勤務の終わりは始まりより後にしてください。", "The shift must end after it starts.")}
    minutes = (end.hour - start.hour) * 60 + end.minute - start.minute
    if not 0 <= break_minutes <= MAX_BREAK_MINUTES:
        return {
            "break_minutes": Text(
                f"休憩は0から{MAX_BREAK_MINUTES}分の間で入力してください。", f"A break is 0 to {MAX_BREAK_MINUTES} minutes."
            )
        }
    if break_minutes >= minutes:
        return {
            "break_minutes": Text(
                f"休憩（{break_minutes}分）が勤務（{minutes}分）より短くありません。",
                f"The break ({break_minutes} min) is not shorter than the shift ({minutes} min).",
            )
        }
    return {}


def area_name(text: str) -> str:
    """The name of an area as it is compared: full-width and half-width letters are the same, spaces do not count."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def areas_of(text: str) -> frozenset[str]:
    """The areas that a permit names, with ``、`` ``,`` ``・`` or ``/`` between them; none: it holds anywhere."""
    return frozenset(name for name in re.split("[、,・/]", area_name(text)) if name)


def fair_day(driven_s: int, of_all_s: Sequence[int], shift_s: int) -> tuple[int, int] | None:
    """What is fair for a driver today, in seconds from leaving to coming back, and what each second over it costs (a metre's worth, on
    top of what it costs anyway).

    ``driven_s`` is what they drove in the weeks before, ``of_all_s`` the same of everybody who drives today, themselves included. Half of
    the shift, less a fifth of what they drove more than the mean, or plus a fifth of what they drove less: so five days even it out.
    Never more than the shift. ``None`` when nobody else drives: there is nothing to share.
    """
    if len(of_all_s) < 2:
        return None
    more_s = driven_s - sum(of_all_s) // len(of_all_s)
    return min(shift_s, max(0, shift_s // 2 - more_s // DAYS_TO_EVEN_OUT)), COST_PER_S_OVER_FAIR
