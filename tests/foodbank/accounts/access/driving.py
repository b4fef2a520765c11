from __future__ import annotations

from typing import Any

from foodbank.accounts.models import Role
from foodbank.sites.models import Site, SiteKind
from tests.factories import SiteFactory, UserFactory
from tests.factories.driving import Drive, an_offer, an_order
from tests.foodbank.accounts.access.table import Person, Row, roles

DRIVER = roles(Role.DRIVER)


def _drive(depot: Site | None, driver: Any) -> Drive:
    """A published plan of today: the depot, a shop, a partner."""
    drive = Drive(depot=depot or SiteFactory.create(kind=SiteKind.DEPOT))
    offer, line = an_offer(5), an_order()
    start, shop, partner = drive.stop(drive.depot), drive.stop(offer.donor.site), drive.stop(line.order.partner.site)
    drive.shelf(2, start, partner, order_line=line)
    drive.shop(5, shop, partner, offer=offer, order_line=line)
    drive.shift.driver = driver
    drive.shift.save()
    return drive.published()


def _mine(who: Person) -> Drive:
    return _drive(who.site, who.user)


def _anothers(who: Person) -> Drive:
    return _drive(who.site, UserFactory.create(roles=[Role.DRIVER]))


def _route(who: Person) -> list[Any]:
    return [_mine(who).route.pk]


def _others_route(who: Person) -> list[Any]:
    return [_anothers(who).route.pk]


def _free_elsewhere(who: Person) -> list[Any]:
    return [_drive(None, None).route.pk]


def my_stop(who: Person) -> list[Any]:
    return [_mine(who).stops[1].code]


def others_stop(who: Person) -> list[Any]:
    return [_anothers(who).stops[1].code]


def _shop(who: Person) -> list[Any]:
    drive = _mine(who)
    return [drive.stops[1].code, drive.shipments[1].offer_id]


def _others_shop(who: Person) -> list[Any]:
    drive = _anothers(who)
    return [drive.stops[1].code, drive.shipments[1].offer_id]


def _post(**fields: Any) -> Row:
    return Row(DRIVER, "post", args=["S0000000"], own=my_stop, other=others_stop, data=fields)


NO_BATCH = {"batch": "00000000-0000-0000-0000-000000000000"}
ROWS: dict[str, Row] = {
    "driving:home": Row(DRIVER),
    "driving:route": Row(DRIVER, args=[0], own=_route, other=_others_route),
    "driving:take": Row(DRIVER, "post", args=[0], own=_route, other=_free_elsewhere),
    "driving:seen": Row(DRIVER, "post", args=[0], own=_route, other=_others_route),
    "driving:back": Row(DRIVER, "post", args=[0], own=_route, other=_others_route),
    "driving:undo": Row(DRIVER, "post", args=[0], own=_route, other=_others_route, data=NO_BATCH),
    "driving:stop": Row(DRIVER, args=["S0000000"], own=my_stop, other=others_stop),
    "driving:arrive": _post(),
    "driving:late": _post(at="23:59"),
    "driving:on_time": _post(),
    "driving:load": _post(),
    "driving:collect": Row(DRIVER, "post", args=["S0000000", 0], own=_shop, other=_others_shop, data={"quantity": "5"}),
    "driving:drop": _post(),
    "driving:visit": _post(households="1"),
    "driving:finish": _post(),
    "driving:fail": _post(reason="closed"),
    "driving:scan": _post(code="L0000000"),
}
