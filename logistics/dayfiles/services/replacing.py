"""Taking a day's earlier import back, as long as nothing has come of it yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import ProtectedError, Q

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.donations.models import Offer, OfferStatus
from foodbank.inventory.models import Lot, Movement, Reason, Reservation, ReservationState
from foodbank.inventory.services.ledger import correct
from foodbank.pantry.models import PickupDay
from foodbank.partners.models import Order, OrderStatus
from logistics.dayfiles.models import ImportedDay, ImportedRow
from logistics.dayfiles.parse import ROW_TYPES, DayTables
from logistics.dayfiles.rows import StockRow, columns_of, record_of, values_from
from logistics.dayfiles.services.stock import STOCK_FILE
from logistics.dispatch.models import MobileVisit, Plan, PlanStatus
from logistics.fleet.models import Shift


def clear_day(*, imported: ImportedDay, tables: DayTables, actor: User) -> dict[int, Lot]:
    """Take back what ``imported`` made: draft plans, offers, orders, visits, pickup days and shifts go; opening stock is reversed by
    corrections. Lots whose row is unchanged stay; they are returned by the row's new line.

    Refuses ``dayfiles.already_moved`` when something has come of the day: goods moved, were reserved or received, an order was
    delivered, a plan was published, or another day's list or plan counts on its lots.
    """
    rows = list(ImportedRow.objects.filter(day=imported).select_related("lot").order_by("file", "line"))
    opened = [row for row in rows if row.made and row.lot_id is not None]
    _refuse_moved(imported.date, rows, [row.lot_id for row in opened if row.lot_id is not None])
    Plan.objects.filter(day=imported.date, status=PlanStatus.DRAFT).delete()
    try:
        _delete_rows(imported.date, rows)
    except ProtectedError as fault:
        raise _already("この日のデータは、ほかの記録に使われています。", "Other records already count on this day.") from fault
    kept = _kept_lots(rows, tables)
    gone = [row.lot_id for row in opened if row.lot_id not in {lot.pk for lot in kept.values()}]
    for movement in Movement.objects.filter(lot__in=gone, reason=Reason.OPENING).select_related("lot", "source", "target"):
        correct(movement=movement, quantity=0, actor=actor, note=f"{imported.date} の在庫表の差し替え")
    ImportedRow.objects.filter(day=imported).delete()
    return kept


def _refuse_moved(day: dt.date, rows: Sequence[ImportedRow], lots: Sequence[int]) -> None:
    plan = Plan.objects.filter(day=day).exclude(status=PlanStatus.DRAFT).order_by("pk").first()
    if plan is not None:
        raise _already(f"この日の配送計画は{plan.get_status_display()}です。", f"A plan of this day is {plan.status}.")
    movement = Movement.objects.filter(lot__in=lots).exclude(reason=Reason.OPENING).select_related("lot").first()
    if movement is not None:
        raise _already(
            f"ロット {movement.lot.code} はすでに動いています（{movement.get_reason_display()}）。",
            f"Lot {movement.lot.code} has already moved ({movement.reason}).",
        )
    reservation = (
        Reservation.objects.filter(lot__in=lots, state=ReservationState.HELD).select_related("lot").order_by("pk").first()
    )
    if reservation is not None:
        raise _already(
            f"ロット {reservation.lot.code} は{reservation.get_purpose_display()}のために引当済みです。",
            f"Lot {reservation.lot.code} is reserved for {reservation.purpose} {reservation.ref}.",
        )
    offer = (
        Offer.objects.filter(pk__in=[row.offer_id for row in rows if row.offer_id and row.made])
        .filter(Q(status=OfferStatus.COLLECTED) | Q(lot__isnull=False))
        .select_related("donor__site", "item")
        .first()
    )
    if offer is not None:
        raise _already(f"提供 {offer.ref} は引取済みです。", f"Offer {offer.ref} has been received.")
    order = Order.objects.filter(pk__in=[row.order_id for row in rows if row.order_id], status=OrderStatus.DELIVERED).first()
    if order is not None:
        raise _already(f"注文 {order.ref} はお届け済みです。", f"Order {order.ref} has been delivered.")
    other = ImportedRow.objects.filter(lot__in=lots).exclude(day__date=day).select_related("day").first()
    if other is not None:
        raise _already(
            f"{other.day.date} のデータが、この日の在庫を使っています。",
            f"The files of {other.day.date} count on this day's stock.",
        )
    elsewhere = Plan.objects.filter(shipments__lot__in=lots).exclude(day=day).order_by("pk").first()
    if elsewhere is not None:
        raise _already(
            f"{elsewhere.day} の配送計画が、この日の在庫を使っています。",
            f"A plan of {elsewhere.day} counts on this day's stock.",
        )


def _delete_rows(day: dt.date, rows: Sequence[ImportedRow]) -> None:
    Offer.objects.filter(pk__in=[row.offer_id for row in rows if row.offer_id and row.made]).delete()
    Order.objects.filter(pk__in={row.order_id for row in rows if row.order_id}).delete()
    visits, pickups, vehicles = [], [], []
    for row in rows:
        if row.file not in ("mobile_visits.csv", "pickup_day.csv", "vehicles.csv"):
            continue
        row_type = ROW_TYPES[row.file]
        values = dict(zip(columns_of(row_type), values_from(row.content, row_type), strict=True))
        if row.file == "vehicles.csv":
            vehicles.append(values["code"])
        elif row.file == "pickup_day.csv":
            pickups.append(values["site_code"])
        else:
            visits.append(Q(site__code=values["site_code"], open_from=values["open_from"]))
    if visits:
        wanted = visits[0]
        for visit in visits[1:]:
            wanted |= visit
        MobileVisit.objects.filter(wanted, day=day).delete()
    PickupDay.objects.filter(day=day, site__code__in=pickups).delete()
    Shift.objects.filter(day=day, vehicle__code__in=vehicles).delete()


def _kept_lots(rows: Sequence[ImportedRow], tables: DayTables) -> dict[int, Lot]:
    """Lots by new line whose stock row says the same as before, and whose item does too: a lot keeps what its item said then."""
    items_before = {row.content for row in rows if row.file == "items.csv"}
    same_items = {row.gtin for row in tables.items.rows if record_of(row) in items_before}
    by_content: dict[str, list[StockRow]] = {}
    for row in tables.stock.rows:
        if row.gtin in same_items:
            by_content.setdefault(record_of(row), []).append(row)
    kept: dict[int, Lot] = {}
    for before in rows:
        same = by_content.get(before.content) if before.file == STOCK_FILE else None
        if same and before.made and before.lot is not None:
            kept[same.pop(0).line] = before.lot
    return kept


def _already(ja: str, en: str) -> Refusal:
    return Refusal("dayfiles.already_moved", Text(f"差し替えできません。{ja}", f"The day cannot be replaced. {en}"))
