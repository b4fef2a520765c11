"""What is said when a shop, a vehicle, a driver or the whole day falls out, and when it is on again."""

from __future__ import annotations

from foodbank.core.errors import Text
from foodbank.messaging.template import Template

CALL_OFFS: dict[str, Template] = {
    "call_off_shop_donor": Template(
        Text("{day_ja} 引き取りの取りやめを承りました", "No pick-up on {day_en}"),
        Text(
            "いつもご協力ありがとうございます。{day_ja}の引き取りを取りやめました。{then_ja}",
            "Thank you for your support. We will not come to pick up on {day_en}. {then_en}",
        ),
    ),
    "call_off_shop_partner": Template(
        Text("{day_ja} お届けの品が減ることがあります", "Your delivery on {day_en} may be smaller"),
        Text(
            "{day_ja}にお届けする予定の品のうち、お店からの提供が取りやめになったものがあります（ご注文 {orders}）。"
            "代わりの品を探しています。確かな内容はお届け予定のページに出ます。",
            "Some of the food for your order {orders} on {day_en} is no longer available. We are looking for something else; "
            "your deliveries page shows what will come.",
        ),
    ),
    "call_off_shop_driver": Template(
        Text("{day_ja} 引き取りが1か所なくなりました", "One pick-up less on {day_en}"),
        Text(
            "{site}での引き取りは取りやめです。ルートのページを開いて、次の立寄先を確かめてください。",
            "There is nothing to pick up at {site}. Please open your route and look at the next stop.",
        ),
    ),
    "call_off_vehicle_donor": Template(
        Text("{day_ja} 引き取りの予定が変わります", "Your pick-up on {day_en} is changing"),
        Text(
            "{day_ja}に伺う予定だった車両が出られなくなりました。別の車両で伺えるかを調べ、決まりしだいお知らせします。",
            "The vehicle that was to come to you on {day_en} is out. We are looking for another one and will tell you.",
        ),
    ),
    "call_off_vehicle_partner": Template(
        Text("{day_ja} お届けの予定が変わります", "Your delivery on {day_en} is changing"),
        Text(
            "{day_ja}にお届けする予定だった車両が出られなくなりました（ご注文 {orders}）。新しい予定はお届け予定のページに出ます。",
            "The vehicle that was to bring your order {orders} on {day_en} is out. Your deliveries page will show the new time.",
        ),
    ),
    "call_off_vehicle_driver": Template(
        Text("{day_ja} {vehicle}での運転は取りやめです", "{vehicle} does not go on with its round on {day_en}"),
        Text(
            "{day_ja}の{vehicle}での運転は取りやめです。理由: {reason} 積んである荷は、コーディネーターに確かめてください。",
            "{vehicle} does not drive on {day_en}: {reason} Please ask the coordinator about what is aboard.",
        ),
    ),
    "call_off_driver": Template(
        Text("{day_ja}の運転は取りやめです", "You do not drive on {day_en}"),
        Text(
            "{day_ja}の運転の予定（{vehicles}）を外しました。ご連絡ありがとうございました。",
            "You are no longer down to drive on {day_en} ({vehicles}). Thank you for telling us.",
        ),
    ),
    "call_off_day_donor": Template(
        Text("{day_ja}の引き取りは中止です", "No pick-ups on {day_en}"),
        Text(
            "{day_ja}の引き取りは中止になりました。理由: {reason} {then_ja}",
            "All pick-ups on {day_en} are called off: {reason} {then_en}",
        ),
    ),
    "call_off_day_partner": Template(
        Text("{day_ja}のお届けは中止です", "No deliveries on {day_en}"),
        Text(
            "{day_ja}のお届けは中止になりました（ご注文 {orders}）。理由: {reason} 別の日をご希望のときは、あらためてご注文ください。",
            "All deliveries on {day_en} are called off (your order {orders}): {reason} Please order again for another day if you wish.",
        ),
    ),
    "call_off_day_driver": Template(
        Text("{day_ja}の配送は中止です", "No driving on {day_en}"),
        Text(
            "{day_ja}の配送は中止になりました。理由: {reason} もう出ている場合は、無理をせず拠点に戻ってください。",
            "All driving on {day_en} is called off: {reason} If you are on the road, please come back safely.",
        ),
    ),
    "call_off_undone_donor": Template(
        Text("{day_ja} 引き取りの予定が元に戻りました", "We plan to pick up on {day_en} after all"),
        Text(
            "{day_ja}の中止を取り消しました。引き取りの時間は、計画が決まりしだいお知らせします。",
            "{day_en} is on again. We will tell you when we come as soon as it is planned.",
        ),
    ),
    "call_off_undone_partner": Template(
        Text("{day_ja} お届けの予定が元に戻りました", "Deliveries on {day_en} are on again"),
        Text(
            "{day_ja}の中止を取り消しました（ご注文 {orders}）。新しい予定はお届け予定のページに出ます。",
            "{day_en} is on again (your order {orders}). Your deliveries page will show the new time.",
        ),
    ),
    "call_off_undone_driver": Template(
        Text("{day_ja} 運転の予定が元に戻りました", "Driving on {day_en} is on again"),
        Text(
            "{day_ja}の中止を取り消しました（{vehicles}）。出発の時刻は、計画が決まりしだいルートのページに出ます。",
            "{day_en} is on again ({vehicles}). Your route page will show when you leave.",
        ),
    ),
}
