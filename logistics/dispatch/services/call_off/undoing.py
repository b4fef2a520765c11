"""A call-off is taken back, as far as that is possible."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.donations.services.set_aside import take_up_again
from foodbank.partners.models import Order, Partner
from logistics.dispatch.models import CallOff, CallOffKind
from logistics.dispatch.services.call_off.telling import tell_undone
from logistics.fleet.models import Shift


@transaction.atomic
def undo(*, call_off: CallOff, actor: User) -> CallOff:
    """``call_off`` holds no longer: its offers are open again on their day, the vehicle and the day can be planned again, a driver gets
    their vehicle back unless somebody else has it. The plan has to be made again, and bookings of pickup days stay called off.
    Donors, partners and drivers who were told of a whole day are told again. Refuses ``call_off.undone``."""
    row = lock_rows(CallOff.objects.select_related("site", "vehicle", "driver"), [call_off.pk])[call_off.pk]
    if row.undone_at is not None:
        raise Refusal("call_off.undone", Text("この中止は、もう取り消してあります。", "This has been taken back already."))
    row.undone_at, row.undone_by = timezone.now(), actor
    row.save(update_fields=["undone_at", "undone_by"])
    offers = take_up_again(offers=row.offers.all(), day=row.day, actor=actor)
    if row.kind == CallOffKind.DRIVER:
        Shift.objects.filter(day=row.day, vehicle=row.vehicle, driver__isnull=True).update(driver=row.driver)
    donors = {offer.donor_id: offer.donor for offer in offers}
    if row.kind in (CallOffKind.DAY, CallOffKind.SHOP):
        whole_day = row.kind == CallOffKind.DAY
        tell_undone(
            row,
            donors=donors.values(),
            partners=_partners(row) if whole_day else {},
            drivers=_drivers(row) if whole_day else {},
        )
    call_off.refresh_from_db()
    return call_off


def _partners(row: CallOff) -> dict[Partner, list[str]]:
    found: dict[Partner, list[str]] = defaultdict(list)
    for order in Order.objects.open_on(row.day).select_related("partner__site").order_by("ref"):
        found[order.partner].append(order.ref)
    return dict(found)


def _drivers(row: CallOff) -> dict[User, str]:
    found: dict[User, list[str]] = defaultdict(list)
    for shift in (
        Shift.objects.filter(day=row.day, driver__isnull=False).select_related("driver", "vehicle").order_by("vehicle__code")
    ):
        if shift.driver is not None:
            found[shift.driver].append(shift.vehicle.code)
    return {driver: "、".join(codes) for driver, codes in found.items()}
