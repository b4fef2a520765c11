"""Who is told of a call-off, and what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from foodbank.accounts.models import User
from foodbank.core.dates import format_day
from foodbank.core.errors import Text
from foodbank.donations.models import Donor
from foodbank.donations.services.set_aside import SetAside
from foodbank.messaging.services.notify import To, day_words, notify
from foodbank.partners.models import Partner
from logistics.dispatch.models import CallOff, CallOffKind
from logistics.dispatch.selectors.call_offs import Effects

_NOT_COMING = Text("今回のご提供は、取りやめとして記録しました。", "We have noted that this offer is cancelled.")


def tell(row: CallOff, effects: Effects, aside: SetAside, move_to: dt.date | None) -> None:
    """One message to each, in the transaction of the call-off."""
    common: dict[str, str | int] = {**day_words(row.day), "reason": row.reason}
    moved = {offer.donor_id for offer in aside.moved} - {offer.donor_id for offer in aside.cancelled}
    for donor in effects.donors:
        then = _later(move_to) if donor.pk in moved and move_to is not None else _NOT_COMING
        _tell_donor(row, donor, {**common, "then_ja": then.ja, "then_en": then.en})
    for partner, refs in effects.partners.items():
        _tell_partner(row, partner, refs, common)
    vehicles = "、".join(shift.vehicle.code for shift in effects.shifts)
    for driver in effects.drivers:
        own = "、".join(shift.vehicle.code for shift in effects.shifts if shift.driver_id == driver.pk) or vehicles
        _tell_driver(row, driver, {**common, "vehicles": own})


def tell_undone(row: CallOff, *, donors: Iterable[Donor], partners: dict[Partner, list[str]], drivers: dict[User, str]) -> None:
    """It is on again."""
    common = day_words(row.day)
    for donor in donors:
        notify(
            to=To("donor", donor.pk),
            template="call_off_undone_donor",
            params=common,
            key=f"call_off/{row.pk}/undone/donor/{donor.pk}",
        )
    for partner, refs in partners.items():
        notify(
            to=To("partner", partner.pk), template="call_off_undone_partner", params={**common, "orders": "、".join(refs)},
            key=f"call_off/{row.pk}/undone/partner/{partner.pk}",
        )  # fmt: skip
    for driver, vehicles in drivers.items():
        notify(
            to=To("user", driver.pk), template="call_off_undone_driver", params={**common, "vehicles": vehicles},
            key=f"call_off/{row.pk}/undone/user/{driver.pk}",
        )  # fmt: skip


def _tell_donor(row: CallOff, donor: Donor, params: dict[str, str | int]) -> None:
    notify(
        to=To("donor", donor.pk), template=f"call_off_{row.kind}_donor", params=params, key=f"call_off/{row.pk}/donor/{donor.pk}"
    )


def _tell_partner(row: CallOff, partner: Partner, refs: list[str], common: dict[str, str | int]) -> None:
    notify(
        to=To("partner", partner.pk), template=f"call_off_{row.kind}_partner", params={**common, "orders": "、".join(refs)},
        key=f"call_off/{row.pk}/partner/{partner.pk}",
    )  # fmt: skip


def _tell_driver(row: CallOff, driver: User, params: dict[str, str | int]) -> None:
    template = "call_off_driver" if row.kind == CallOffKind.DRIVER else f"call_off_{row.kind}_driver"
    more = {"site": row.site.name if row.site else "", "vehicle": row.vehicle.code if row.vehicle else ""}
    notify(to=To("user", driver.pk), template=template, params={**params, **more}, key=f"call_off/{row.pk}/user/{driver.pk}")


def _later(day: dt.date) -> Text:
    return Text(
        f"ご提供の品は、{format_day(day)}に改めて受け取りに伺います。",
        f"We will come for it on {day:%A} {day.day} {day:%B} instead.",
    )
