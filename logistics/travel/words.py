"""What is said of driving times on pages, in commands and in a plan's document, Japanese and English."""

from __future__ import annotations

import re

from foodbank.core.errors import Text
from logistics.travel.provider import MOST_PLACES

PROVIDERS = {
    "great_circle": Text("直線距離からの見積もり", "estimate from the distance by air"),
    "osrm": Text("道路（OSRM）", "roads (OSRM)"),
    "valhalla": Text("道路（Valhalla）", "roads (Valhalla)"),
}
REASONS = {
    "refused": Text("つながりません", "cannot be reached"),
    "timeout": Text("時間内に答えがありません", "did not answer in time"),
    "fault": Text("サーバーが故障を伝えています", "reports a fault"),
    "nonsense": Text("読めない答えが返りました", "answered something unreadable"),
    "too_many": Text(
        f"{MOST_PLACES:,}か所を超える日は、サーバーに聞きません", f"is not asked for more than {MOST_PLACES:,} places a day"
    ),
}


def extract_day(version: str) -> str:
    """The day of a version of road data that is a moment (``2026-11-15T20:21Z``); anything else as it is."""
    return version[:10] if re.match(r"\d{4}-\d{2}-\d{2}T", version) else version


def fallback_words(*, asked: str, reason: str, whole: bool, pairs: int) -> Text:
    """Why the provider ``asked`` did not give the times, and what was used instead: ``whole`` for all pairs, else for ``pairs`` of them."""
    who, why = PROVIDERS[asked], REASONS[reason]
    if whole:
        return Text(
            f"{who.ja}の所要時間を調べられませんでした（{why.ja}）。すべて、直線距離から見積もった時間で計画しています。",
            f"The times of the {who.en} could not be had: the server {why.en}. All times are estimated from the distance by air.",
        )
    return Text(
        f"{who.ja}の所要時間を一部調べられませんでした（{why.ja}）。前に調べた区間はそのまま使い、{pairs:,}区間は直線距離から見積もっています。",
        f"Some times of the {who.en} could not be had: the server {why.en}. What was known is used; {pairs:,} pairs are estimated from the"
        " distance by air.",
    )


def no_way_words(*, pairs: int, legs: int) -> Text:
    """``pairs`` of places without a way between them, ``legs`` of which the plan drives."""
    return Text(
        f"道路データに道がない区間が{pairs:,}あり、直線距離から見積もりました（この計画で走るのは{legs:,}区間）。場所の位置を確かめてください。",
        f"The road data know no way for {pairs:,} pairs of places; these are estimated from the distance by air ({legs:,} of them are driven"
        " in this plan). Check where these places are on the map.",
    )
