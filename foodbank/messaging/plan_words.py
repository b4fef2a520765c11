"""What is said when a plan that counted was replaced during the day."""

from __future__ import annotations

from foodbank.core.errors import Text
from foodbank.messaging.template import Template

PLANS: dict[str, Template] = {
    "plan_changed_partner": Template(
        Text("{day_ja} お届けの予定が変わりました", "Your delivery on {day_en} has changed"),
        Text(
            "{day_ja}のお届けの予定が変わりました。{times_ja}。いまの予定はお届け予定のページで確かめられます。",
            "Your delivery on {day_en} has changed: {times_en}. Your deliveries page shows what comes when.",
        ),
    ),
    "plan_changed_driver": Template(
        Text("{day_ja} ルートが変わりました", "Your route on {day_en} has changed"),
        Text(
            "{vehicles}のルートが{n}か所変わりました。車を止めてから、運転のページで確かめてください。",
            "{n} stop(s) of {vehicles} have changed. Please stop the vehicle, then look at your driving page.",
        ),
    ),
}
