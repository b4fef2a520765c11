"""Reasons and fixes in words, Japanese and English."""

from __future__ import annotations

from collections.abc import Mapping

from foodbank.core.errors import Text
from logistics.allocation.facts import LineDemand, SiteDemand

ALLERGENS_NAMED = 6  # longer lists are cut: the sentence has to fit its column and the reader's eye
REASONS: dict[str, Text] = {
    "no_stock": Text("在庫も提供情報も足りません。", "Neither the shelf nor the offers have enough."),
    "allergen": Text("除くアレルゲンを含まない品が足りません。", "There is not enough without the excluded allergens."),
    "days_left": Text("必要な残り日数を満たす品が足りません。", "There is not enough that keeps long enough."),
    "window": Text("店での受け取りがお届けの時間に間に合いません。", "The shop has it ready too late for the delivery time."),
    "smaller_than_a_unit": Text("残りは1点の重さより軽い端数です。", "What is missing weighs less than one unit."),
    "no_agreement": Text("この日に有効な合意書がありません。", "There is no agreement valid on this day."),
    "closed": Text("時間帯が施設の開いている時間と重なりません。", "The window lies outside the opening hours."),
    "no_date": Text("表示すべき期限が分からない品です。", "The date that the law asks for is unknown."),
    "inventory.held": Text("保留中の品です。", "The goods are on hold."),
    "inventory.expired_use_by": Text("消費期限を過ぎています。", "The use-by date has passed."),
    "inventory.past_best_before": Text("賞味期限を過ぎています。", "The best-before date has passed."),
    "no_vehicle": Text("この日に動ける車両がありません。", "No vehicle is on duty on this day."),
    "zone_not_carried": Text("この温度帯を運べる車両がありません。", "No vehicle on duty carries this temperature zone."),
    "too_heavy": Text("1台に積みきれない重さです。", "It is heavier than any one vehicle carries."),
    "window_unreachable": Text("時間帯の中に着ける車両がありません。", "No vehicle can be there within the window."),
    "no_time_left": Text("ほかの仕事と合わせると時間が足りません。", "Beside the other work there is no time left."),
    "safe_until": Text("要る時刻まで安全に食べられる品が足りません。", "There is not enough that is safe until it is needed."),
    "too_high": Text(
        "高さの制限を守れる車両が、この日は動けません。", "No vehicle on duty is known to be low enough for the place."
    ),
    "too_heavy_for_road": Text(
        "重さの制限を守れる車両が、この日は動けません。", "No vehicle on duty is known to be light enough for the place."
    ),
    "no_permit": Text(
        "この会場の区域と区分の許可があるキッチンカーが、この日は動けません。",
        "No kitchen car on duty has a permit for the area and class of the place.",
    ),
    "longest_ride": Text(
        "車両に積んでおける時間の中では届きません。", "It cannot be there within the time that it may be on board."
    ),
    "deliver_by": Text("期限の時刻までに届けられません。", "It cannot be there by the time until which it is safe."),
    "apart": Text(
        "いっしょに積めない品と車両が重なるため、運べません。", "It may not ride with the goods that the vehicles carry already."
    ),
    "no_vehicle_allowed": Text("この仕事をしてよい車両が、この日は動けません。", "No vehicle that may do this is on duty."),
    "visit_unserved": Text("行き先の訪問ができないため、運びません。", "The visit that it is meant for is not possible."),
    "search_limit": Text(
        "計算時間が足りませんでした。もう一度計画すればできます。", "The search ended too early: planning again would do."
    ),
    "not_worth_it": Text("運べますが、増える走行に見合わない量です。", "Possible, but too little for the driving that it adds."),
    "stop_limit": Text(
        "車両が1日に回れる立寄先の数を超えてしまいます。", "A vehicle would stop more often than it may in a day."
    ),
    "no_room_left": Text("ほかの荷物と合わせると積みきれません。", "Beside the other loads there is no room left."),
    "locked": Text("手で決めた内容と両立しません。", "It does not go with what a person has settled."),
    "mixed_box": Text("表示のない詰め合わせしか残っていません。", "Only unlabelled mixed boxes are left."),
    "not_looked_into": Text("まだ調べていません。", "Not looked into yet."),
    "under_way": Text("キッチンカーはもう出発しています。", "The kitchen car has left already."),
    "by_hand": Text("手で計画から外しました。", "It was taken out of the plan by hand."),
    "came_later": Text("計画を作ったあとに入りました。", "It came in after the plan was made."),
    "rule": Text("決まりにより運べません。", "A rule forbids it."),
}


def category_words(demand: LineDemand | SiteDemand, names: Mapping[str, Text]) -> Text:
    """What would help: ``卵を含まない菓子`` / ``Snacks without egg``.

    ``names`` knows categories by code, items by GTIN and allergens by label name.
    """
    if isinstance(demand, SiteDemand):
        return Text("食品", "food")
    name = names.get(demand.category or demand.gtin or "", Text(demand.gtin or "品", demand.gtin or "goods"))
    if not demand.excluded:
        return name
    names_out = sorted(demand.excluded)
    shown = names_out[:ALLERGENS_NAMED]
    listed, listed_en = "・".join(shown), ", ".join(names.get(a, Text(a, a)).en.lower() for a in shown)
    more = len(names_out) - len(shown)
    if more > 0:
        return Text(f"{listed}など{len(names_out)}種類を含まない{name.ja}", f"{name.en} without {listed_en} and {more} more")
    return Text(f"{listed}を含まない{name.ja}", f"{name.en} without {listed_en}")


def fix_words(condition: Text) -> Text:
    """One sentence for a change that was tried and works."""
    return Text(f"{condition.ja}、できます。", f"Possible {condition.en}.")
