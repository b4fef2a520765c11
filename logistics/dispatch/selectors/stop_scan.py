"""What a code that was read at a stop stands for there."""

from __future__ import annotations

from dataclasses import dataclass

from foodbank.core.dates import today
from foodbank.core.errors import Refusal, Text
from foodbank.labels.codes import CodeKind, CodeRefused, read_code
from foodbank.labels.gs1 import parse_scan
from logistics.dispatch.selectors.driving import AtShop, Goods, StopCard


@dataclass(frozen=True, slots=True)
class Meant:
    """One of: goods to load, goods to hand over, an offer to count."""

    load: Goods | None = None
    drop: Goods | None = None
    shop: AtShop | None = None


def read_at_stop(text: str, card: StopCard) -> Meant:
    """A lot's label or a maker's bar code, as far as it is about this stop. Refuses ``dispatch.not_for_this_stop``,
    ``dispatch.done_here`` and what cannot be read at all (``scan.…``)."""
    try:
        own = read_code(text)
    except CodeRefused:
        own = None
    if own is not None:
        if own.kind != CodeKind.LOT:
            raise _not_here()
        return _choose(
            [one for one in card.load if one.lot is not None and one.lot.code == own.text],
            [one for one in card.drop if one.lot is not None and one.lot.code == own.text],
            [],
        )
    scan = parse_scan(text, today=today())
    codes = {scan.gtin, scan.inner_gtin} - {None}
    return _choose(
        [],  # what comes from the shelf carries our label; its bar code does not say which lot it is
        [one for one in card.drop if one.shipment.item.gtin in codes],
        [one for one in card.shop if one.first.shipment.item.gtin in codes],
    )


def _choose(load: list[Goods], drop: list[Goods], shop: list[AtShop]) -> Meant:
    if not load and not drop and not shop:
        raise _not_here()
    for one in shop:
        if one.open:
            return Meant(shop=one)
    for goods in load:
        if goods.open:
            return Meant(load=goods)
    for goods in drop:
        if goods.open:
            return Meant(drop=goods)
    raise Refusal(
        "dispatch.done_here",
        Text("この品は、ここではもう済んでいます。", "This has been dealt with here already."),
    )


def _not_here() -> Refusal:
    return Refusal(
        "dispatch.not_for_this_stop",
        Text(
            "この品は、ここで積む・渡す品ではありません。渡さずに、車に戻してください。",
            "This is not for this stop. Do not hand it over; put it back on the vehicle.",
        ),
    )
