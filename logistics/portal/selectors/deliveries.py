"""What comes to a partner, with what is known of its allergens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from foodbank.catalog.models import Item
from foodbank.core.dates import today
from foodbank.inventory.models import Lot
from foodbank.inventory.policies import LotFacts
from foodbank.inventory.selectors.facts import lot_facts
from logistics.allocation.selectors.orderable import listed_on, told
from logistics.dispatch.models import Delivery, DeliveryReceipt, DeliveryState
from logistics.dispatch.selectors.deliveries import Coming, what_comes


@dataclass(frozen=True, slots=True)
class OwnComing:
    """``contains`` and ``unknown`` are label names; what is on today's list and in neither is not contained (D13)."""

    coming: Coming
    contains: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnDelivery:
    delivery: Delivery
    lines: list[OwnComing]

    @property
    def receipt(self) -> DeliveryReceipt | None:
        """What the partner has confirmed."""
        return getattr(self.delivery, "receipt", None)

    @property
    def to_confirm(self) -> bool:
        return self.delivery.state == DeliveryState.DELIVERED and self.receipt is None

    @property
    def grams(self) -> int:
        return sum(line.coming.grams for line in self.lines)


def own_deliveries(deliveries: Sequence[Delivery]) -> list[OwnDelivery]:
    """``deliveries``, read by ``deliveries_of``, with their goods; four queries more, however many they are."""
    comings = {delivery.pk: what_comes(delivery) for delivery in deliveries}
    every = [coming for found in comings.values() for coming in found]
    lots = {lot.pk: lot for lot in (_lot(coming) for coming in every) if lot is not None}
    known = lot_facts(lots.values()) if lots else {}
    names = listed_on(today())
    return [OwnDelivery(delivery, [_own(coming, known, names) for coming in comings[delivery.pk]]) for delivery in deliveries]


def _own(coming: Coming, known: dict[int, LotFacts], names: list[str]) -> OwnComing:
    lot = _lot(coming)
    facts = known[lot.pk] if lot is not None else _item_facts(coming.shipment.item, frozenset(names))
    contains, unknown = told([facts], names)
    return OwnComing(coming, contains, unknown)


def _lot(coming: Coming) -> Lot | None:
    """What really travels; a shop's goods are a lot once they have been collected."""
    return coming.shipment.progress.lot or coming.shipment.lot


def _item_facts(item: Item, listed: frozenset[str]) -> LotFacts:
    return LotFacts(
        code=item.gtin,
        date_mark=item.date_mark,
        last_day=None,
        allergens_stated=item.allergens_stated,
        contains=frozenset(one.name for one in item.allergens.all()),
        listed=listed,
    )
