"""What the month's figures and faults are called, in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from foodbank.core.dates import format_day
from foodbank.core.errors import Text
from foodbank.core.units import format_kg
from logistics.month.models import Weekday
from logistics.month.selectors.question import Question
from logistics.solver.month.check import Fault
from logistics.travel.table import Roads
from logistics.travel.words import PROVIDERS

HARD = frozenset(
    {
        "car_out", "may_not_stand", "overlap", "too_early", "too_late", "overloaded", "too_many_stops", "no_break", "twice", "past",
        "lock_broken",
    }
)  # fmt: skip
"""Faults with which a calendar cannot be accepted: the car could not drive it, or may not stand there (D17). The others are a person's
to judge."""
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day_en(day: dt.date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


_FAULTS = {
    "may_not_stand": Text(
        "{car} は、この日ここに出店できる許可（区域：{area}）がないか、会場に入れません。別の車か日にしてください。",
        "{car} has no permit here on that day (area: {area}), or does not fit. Choose another car or day.",
    ),
    "car_out": Text(
        "{car} はこの日は出ません（勤務か許可がありません）。別の日にするか、勤務を登録してください。",
        "{car} does not go out that day (no hours or no permit). Choose another day or enter its hours.",
    ),
    "overlap": Text(
        "{other}から間に合いません。{minutes}分ずらすか、別の車にしてください。",
        "There is no time to come from {other}: move it by {minutes} min, or take another car.",
    ),
    "too_early": Text(
        "{car} の勤務の始まりでは準備が間に合いません。{minutes}分遅くしてください。",
        "Too early for the hours of {car}: start {minutes} min later.",
    ),
    "too_late": Text(
        "{car} の勤務が終わるまでに戻れません。{minutes}分早くしてください。",
        "{car} is not back before its hours end: {minutes} min earlier.",
    ),
    "overloaded": Text(
        "{car} に積みきれません（{kg}多い）。世帯数か訪問を減らしてください。",
        "{car} cannot carry it ({kg} too much): fewer households or visits.",
    ),
    "too_many_stops": Text(
        "{car} が1日に回れるのは{days}か所までです。ほかの日か、別の車にしてください。",
        "{car} stops at {days} places a day at most. Choose another day or car.",
    ),
    "no_break": Text(
        "4時間を超えるのに、{car} の休憩が取れません。間を{minutes}分あけてください。",
        "More than four hours without room for a break of {car}: {minutes} min more between visits.",
    ),
    "gap": Text(
        "前の訪問から{days}日しかたっていません（{gap}日以上）。",
        "Only {days} days after the visit before ({gap} or more wanted).",
    ),
    "hours": Text("会場の曜日と時間の外です。", "Outside the site's weekdays and hours."),
    "closed_day": Text("祝日、または訪問できない日です。", "A holiday, or a day on which nobody may come."),
    "most": Text("月の最高（{most}回）より多い{days}回です。", "{days} visits, more than the most ({most})."),
    "past": Text("過ぎた日には入れられません。", "The day is over."),
    "twice": Text("同じ日に2回入っています。", "Twice on one day."),
    "lock_broken": Text("固定した訪問が抜けています。", "A locked visit is missing."),
}


def fault_text(question: Question, fault: Fault) -> Text:
    """What is wrong and how to mend it."""
    visit = fault.visit
    candidate = question.candidates[visit.site]
    day = question.day(visit.day)
    facts = {
        "car": visit.car,
        "area": candidate.site.area or "–",
        "other": question.candidates[fault.other.site].site.name if fault.other else "",
        "minutes": -(-fault.seconds // 60),
        "kg": format_kg(fault.grams),
        "days": fault.days,
        "gap": candidate.days_between,
        "most": candidate.most_visits,
    }
    text = _FAULTS[fault.code]
    return Text(
        f"{format_day(day)} {candidate.site.name}：{text.ja.format(**facts)}",
        f"{day_en(day)} {candidate.site.name}: {text.en.format(**facts)}",
    )


def travel_text(roads: Roads | None) -> Text:
    """Where the driving times of the month come from."""
    circle = PROVIDERS["great_circle"]
    if roads is None:
        return Text(f"移動時間：{circle.ja}", f"Driving times: {circle.en}")
    asked = PROVIDERS[roads.asked]
    if roads.provider != roads.asked:
        return Text(
            f"移動時間：{circle.ja}（{asked.ja}の時間をまだ調べられていません。もう一度計画を作ると、調べ直します）",
            f"Driving times: {circle.en} (the times of the {asked.en} are not known yet; planning again asks for them)",
        )
    if roads.flagged_pairs:
        return Text(
            f"移動時間：{asked.ja}。分からない{roads.flagged_pairs:,}区間は{circle.ja}",
            f"Driving times: {asked.en}; {roads.flagged_pairs:,} pairs are not known: {circle.en}",
        )
    return Text(f"移動時間：{asked.ja}", f"Driving times: {asked.en}")


_REASONS = {
    "no_hours": Text("訪問できる曜日と時間が足りません。", "its weekdays and hours leave no room for a visit."),
    "closed": Text("訪問できる日が、すべて祝日か訪問できない日です。", "every day with hours is a holiday or a forbidden day."),
    "no_car": Text("訪問できる曜日に、出られるキッチンカーがありません。", "no kitchen car goes out on its weekdays."),
    "no_permit": Text(
        "出られる車に、この区域で有効な許可がないか、会場に入れません。",
        "no car that goes out has a permit for its area, or fits.",
    ),
    "no_time": Text("車の勤務の時間では、行って戻れません。", "the cars' hours are too short for the way there and back."),
    "gap": Text("訪問の間隔を守ると、これ以上入りません。", "the days between visits leave no room for more."),
    "full": Text("車の空きがありません。ほかの会場の訪問で埋まっています。", "the cars are taken by other sites."),
}


def reason_text(reason: str, missing: int) -> Text:
    text = _REASONS[reason]
    return Text(f"最低の回数に{missing}回足りません。{text.ja}", f"{missing} short of its least number: {text.en}")


def change_text(change: Mapping[str, Any] | None, first: dt.date) -> Text | None:
    """The smallest change that helps; it was tried."""
    if change is None:
        return None
    day = first + dt.timedelta(days=int(change["day"]))
    match change["kind"]:
        case "car_day":
            car = change["car"]
            return Text(f"{car} を{format_day(day)}にも出すと入ります。", f"It fits if {car} also goes out on {day_en(day)}.")
        case "weekday":
            weekday = int(change["weekday"])
            return Text(
                f"{Weekday(weekday).label}にも訪問できるようにすると入ります。",
                f"It fits if the site can also be visited on {WEEKDAYS_EN[weekday]}s.",
            )
        case "open_day":
            return Text(f"{format_day(day)}にも訪問できるようにすると入ります。", f"It fits if {day_en(day)} is opened.")
        case _:
            days = change["days"]
            return Text(f"訪問の間隔を{days}日にすると入ります。", f"It fits if {days} days between visits are enough.")


_HELD_BACK = {
    "most": Text("月の最高の回数まで入っています。", "It has all the visits it takes in a month."),
    "gap": Text("訪問の間隔を守ると、これ以上入りません。", "The days between visits leave no room for more."),
    "cars": Text(
        "残りの日は、より長く待っている会場か世帯の多い会場に車を回しました。",
        "On its other days the cars go to sites that have waited longer or have more households.",
    ),
    "days": Text("車が行ける日が、ほかにありません。", "There is no other day on which a car can come."),
    "points": Text("もう1回入れる余裕があります。", "There is room for one more visit."),
}


def site_text(*, households: int, waited: int | None, past: int, held_back: str) -> Text:
    """Why a site gets as many visits as it does."""
    last = Text("3か月訪問がありません", "no visit for three months")
    if waited is not None:
        last = Text(f"前回の訪問から月初まで{waited}日", f"{waited} days from the last visit to the month")
    more = _HELD_BACK[held_back]
    return Text(
        f"{households}世帯、{last.ja}、過去3か月に{past}回。{more.ja}",
        f"{households} households, {last.en}, {past} visits in the past three months. {more.en}",
    )
