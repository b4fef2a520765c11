"""Which of a route's shipments a label stands for, or why none."""

from __future__ import annotations

from dataclasses import dataclass

from foodbank.core.dates import today
from foodbank.core.errors import Refusal, Text
from foodbank.inventory.models import Balance, Lot, Place
from foodbank.inventory.policies import may_leave
from foodbank.inventory.selectors.facts import movement_facts, releases_on
from logistics.dispatch.models import Shipment, ShipmentProgress
from logistics.warehouse.selectors.routes import LIVE, Load, RouteLoad


@dataclass(frozen=True, slots=True)
class Pick:
    """What to fetch for a scanned lot. ``place`` is set when another lot than the kept one is taken."""

    load: Load
    place: Place | None = None


def load_of(lot: Lot, route: RouteLoad) -> Load:
    """The first shipment, in loading order, that travels as ``lot`` and is not aboard. Refuses ``warehouse.already_loaded``,
    ``warehouse.other_vehicle``, ``warehouse.take_planned_lot`` and ``warehouse.not_for_route``, and first of all what may not leave."""
    refuse_unfit(lot)
    mine = [one for one in route.in_loading_order if one.reservation is not None and one.reservation.lot_id == lot.pk]
    waiting = [one for one in mine if one.open]
    if waiting:
        return waiting[0]
    if any(one.called_off for one in mine):
        raise Refusal(
            "dispatch.called_off",
            Text("この荷は取りやめになりました。積まないでください。", "These goods were called off; do not load them."),
            params={"lot": lot.code},
        )
    if mine:
        raise Refusal(
            "warehouse.already_loaded",
            Text(
                f"ロット{lot.code}は、この車にもう全部積んであります。残りは棚に戻してください。",
                f"All of lot {lot.code} that goes by this vehicle is aboard. Put the rest back.",
            ),
            params={"lot": lot.code},
        )
    _refuse_other_vehicle(lot, route)
    same_item = next((one for one in route.in_loading_order if one.open and one.shipment.item_id == lot.item_id), None)
    if same_item is not None and same_item.reservation is not None:
        raise Refusal(
            "warehouse.take_planned_lot",
            Text(
                f"同じ品でも、積むのはロット{same_item.reservation.lot.code}（{same_item.reservation.place.code}）です。"
                "替えるときは「取り出す」で理由を書いてください。",
                f"Load lot {same_item.reservation.lot.code} (at {same_item.reservation.place.code}) of this product. "
                "To exchange it, fetch it with a reason first.",
            ),
            params={"lot": lot.code, "planned": same_item.reservation.lot.code},
        )
    raise not_for_route(lot, route)


def pick_of(lot: Lot, route: RouteLoad) -> Pick:
    """What to fetch when ``lot`` is scanned: the shipment that keeps it, else one that keeps another lot of the same item. Refuses as
    :func:`load_of` does, and ``inventory.not_enough_stock`` when too little of it is free."""
    refuse_unfit(lot)
    waiting = route.in_shelf_order
    for one in waiting:
        if one.reservation is not None and one.reservation.lot_id == lot.pk:
            return Pick(one)
    for one in waiting:
        if one.shipment.item_id == lot.item_id:
            return Pick(one, _free_place(lot, one))
    if any(one.reservation is not None and one.reservation.lot_id == lot.pk for one in route.loads):
        raise Refusal(
            "warehouse.already_picked",
            Text(f"ロット{lot.code}は、もう取り出してあります。", f"Lot {lot.code} has been fetched already."),
            params={"lot": lot.code},
        )
    _refuse_other_vehicle(lot, route)
    raise not_for_route(lot, route)


def refuse_unfit(lot: Lot) -> None:
    """Refuses what may not leave today: held, past its date without a release (D5, D6)."""
    release = getattr(lot, "release", None)
    refusal = may_leave(movement_facts(lot), today(), release=release.until if release else None, releases_on=releases_on())
    if refusal is not None:
        raise refusal


def not_for_route(lot: Lot, route: RouteLoad) -> Refusal:
    vehicle = route.route.vehicle.code
    return Refusal(
        "warehouse.not_for_route",
        Text(f"ロット{lot.code}は、今日の{vehicle}の荷ではありません。", f"Lot {lot.code} does not travel by {vehicle} today."),
        params={"lot": lot.code, "vehicle": vehicle},
    )


def _free_place(lot: Lot, load: Load) -> Place:
    needed = load.reservation.quantity if load.reservation is not None else load.left
    balances = Balance.objects.there().filter(lot=lot, place__site=load.site).select_related("place").order_by("place__code")
    place = next((one.place for one in balances if one.free >= needed), None)
    if place is None:
        raise Refusal(
            "inventory.not_enough_stock",
            Text(
                f"ロット{lot.code}には、引当のない分が{needed}点ありません。",
                f"Lot {lot.code} has no {needed} units that nobody has reserved.",
            ),
            params={"lot": lot.code, "asked": needed},
        )
    return place


def _refuse_other_vehicle(lot: Lot, route: RouteLoad) -> None:
    other = (
        ShipmentProgress.objects.filter(
            reservation__lot=lot, shipment__plan=route.route.plan, shipment__plan__status__in=LIVE, called_off=False
        )
        .exclude(shipment__pick_stop__route=route.route)
        .select_related("shipment__pick_stop__route__vehicle")
        .first()
    )
    if other is None:
        return
    vehicle: str = _vehicle(other.shipment)
    raise Refusal(
        "warehouse.other_vehicle",
        Text(
            f"ロット{lot.code}は、この車ではなく{vehicle}の荷です。", f"Lot {lot.code} travels by {vehicle}, not by this vehicle."
        ),
        params={"lot": lot.code, "vehicle": vehicle},
    )


def _vehicle(shipment: Shipment) -> str:
    return shipment.pick_stop.route.vehicle.code
