"""Edits, their faults and what they change, in words: Japanese and English."""

from __future__ import annotations

from foodbank.core.dates import format_clock
from foodbank.core.errors import Text
from foodbank.core.units import format_kg
from logistics.dispatch.planner.board import Base, Totals, Verdict
from logistics.dispatch.planner.broken import Broken
from logistics.dispatch.planner.edit import Edit, Hold, LetGo, Move, PutIn, Swap, TakeOut

ZONE_WORDS = {"ambient": Text("常温", "ambient"), "chilled": Text("冷蔵", "chilled"), "frozen": Text("冷凍", "frozen")}

BROKEN = {
    "late": Text("{name}: {mins}分遅れ（{when}まで）", "{name}: {mins} min late (until {when})"),
    "not_ready": Text("{name}: {when}の開始に{mins}分間に合いません", "{name}: {mins} min too late to open at {when}"),
    "shift": Text("勤務の終わり{when}より{mins}分遅く帰ります", "Back {mins} min after the shift ends at {when}"),
    "capacity": Text("{name}: {zone} {kg} 超過（{room}まで）", "{name}: {kg} too much {zone} (up to {room})"),
    "stops": Text("立寄先が{count}か所多すぎます（{most}か所まで）", "{count} stops too many (up to {most})"),
    "vehicle": Text("{name}: この車両ではできない仕事です", "{name}: this vehicle may not do it"),
    "access": Text("{name}: この車両は高さ・重さ・許可のため入れません", "{name}: too high, too heavy or without the permit"),
    "ride": Text("{name}: 車に載せておける時間を{mins}分超えます", "{name}: {mins} min too long aboard"),
    "too_old": Text(
        "{name}: 安全に届けられる{when}を{mins}分過ぎます", "{name}: {mins} min after the latest safe arrival at {when}"
    ),
    "apart": Text("{name}: 一緒に載せられない品があります", "{name}: goods that must not ride together"),
    "other_car": Text("{name}: 移動パントリーの車と別の車両になります", "{name}: not on the vehicle of the mobile visit"),
    "locked": Text("{name}: 固定した車両または時刻と合いません", "{name}: against its lock"),
    "time": Text("この順番では、休憩や時間帯を守れる時刻がありません", "In this order no times keep breaks and windows"),
}

GONE = {
    "vehicle_off": Text("{ref}: 運ぶはずだった車両が使えなくなりました", "{ref}: its vehicle is off duty"),
    "goods_gone": Text("{ref}: 品がなくなりました", "{ref}: the goods are gone"),
    "goods_short": Text("{ref}: 品が足りなくなりました", "{ref}: there are fewer goods"),
    "demand_gone": Text("{ref}: 取り消されました", "{ref}: cancelled"),
    "asked_less": Text("{ref}: 注文が減りました", "{ref}: less is asked for"),
    "does_not_fit": Text(
        "{ref}: 時間や積める量が変わり、入らなくなりました", "{ref}: hours or room have changed, it no longer fits"
    ),
}


def gone_words(code: str, ref: str) -> Text:
    """What of the plan no longer holds."""
    words = GONE.get(code, Text("{ref}: 決まりにより運べなくなりました", "{ref}: a rule forbids it now"))
    return Text(words.ja.format(ref=ref), words.en.format(ref=ref))


def minutes(seconds: int) -> int:
    """Whole minutes, never 0 for something."""
    return max(1, round(seconds / 60))


def broken_words(base: Base, verdict: Verdict, one: Broken) -> Text:
    """One broken rule: where, which, by how much."""
    stop = verdict.route.stops[one.stop] if one.stop >= 0 else None
    code = "" if stop is None else base.problem.sites[stop.site].code
    zone = ZONE_WORDS.get(one.zone, Text("", ""))
    values = {
        "name": base.day.places[code].name if code else base.day.vans[verdict.route.vehicle].code,
        "mins": minutes(one.amount),
        "when": format_clock(one.limit),
        "kg": format_kg(one.amount),
        "room": format_kg(one.limit),
        "count": one.amount,
        "most": one.limit,
    }
    words = BROKEN[one.code]
    return Text(words.ja.format(zone=zone.ja, **values), words.en.format(zone=zone.en, **values))


def target_words(base: Base, target: str) -> str:
    """The name of the place that a target is about."""
    kind, _, key = target.partition("/")
    if kind == "shop":
        site = key
    elif kind == "order":
        site = next((line.site for line in base.day.lines if line.order == key), "")
    else:
        site = next((demand.site for demand in base.day.sites if demand.key == target), "")
    return base.day.places[site].name if site in base.day.places else key


def load_words(base: Base, refs: tuple[str, ...]) -> str:
    """Where the goods of these loads go, each place once; for what goes to the depot where it comes from."""
    number = base.number_of()
    found = []
    for ref in refs:
        if ref in number:
            load = base.loads[number[ref]]
            to_depot = bool(load.pieces) and load.pieces[0].demand is None
            found.append(base.day.places[load.pick if to_depot else load.drop].name)
    return "、".join(dict.fromkeys(found))


def edit_words(base: Base, edit: Edit) -> Text:
    """One line for the list of edits."""
    match edit:
        case Move():
            picks = all(name.startswith("pick:") for name in edit.tasks)
            refs = tuple(name.partition(":")[2] for name in edit.tasks)
            number = base.number_of()
            what = (
                base.day.places[base.loads[number[refs[0]]].pick].name if picks and refs[0] in number else load_words(base, refs)
            )
            return Text(f"{what}を{edit.to}へ動かした", f"Moved {what} to {edit.to}")
        case TakeOut():
            what = load_words(base, edit.loads)
            return Text(f"{what}を計画から外した", f"Took {what} out")
        case PutIn():
            what = load_words(base, edit.loads)
            return Text(f"{what}を計画に入れた", f"Put {what} in")
        case Swap():
            return Text(f"{edit.one}と{edit.two}の担当を入れ替えた", f"Swapped {edit.one} and {edit.two}")
        case Hold():
            what = "、".join(dict.fromkeys(target_words(base, k.target) for k in edit.locks))
            return Text(f"{what}を固定した", f"Locked {what}")
        case LetGo():
            what = "、".join(dict.fromkeys(target_words(base, target) for target in edit.targets))
            return Text(f"{what}の固定を外した", f"Unlocked {what}")


def change_words(before: Totals, after: Totals) -> Text:
    """``＋3.2 km、＋11分、全部間に合います``."""
    metres, seconds = after.distance_m - before.distance_m, after.work_s - before.work_s
    ja = [f"{_signed(metres / 1000, '.1f')} km", f"{_signed(round(seconds / 60), 'd')}分"]
    en = [f"{_signed(metres / 1000, '.1f')} km", f"{_signed(round(seconds / 60), 'd')} min"]
    if after.vehicles != before.vehicles:
        ja.append(f"車両{_signed(after.vehicles - before.vehicles, 'd')}台")
        en.append(f"{_signed(after.vehicles - before.vehicles, 'd')} vehicle(s)")
    for name, name_en, grams in (
        ("お届け", "delivered", after.served_g - before.served_g),
        ("引き取り", "collected", after.collected_g - before.collected_g),
    ):
        if grams:
            ja.append(f"{name}{_signed(grams / 1000, '.1f')} kg")
            en.append(f"{name_en} {_signed(grams / 1000, '.1f')} kg")
    ja.append("全部間に合います" if not after.broken else f"{after.broken}台で決まりを守れません")
    en.append("everything is in time" if not after.broken else f"{after.broken} vehicle(s) break a rule")
    return Text("、".join(ja), ", ".join(en))


def _signed(value: float, form: str) -> str:
    rounded = format(abs(value), form)
    sign = "±" if float(rounded) == 0 else "＋" if value > 0 else "−"
    return f"{sign}{rounded}"
