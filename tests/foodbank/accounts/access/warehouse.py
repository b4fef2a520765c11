from __future__ import annotations

from foodbank.accounts.models import Role
from foodbank.catalog.models import Zone
from foodbank.core.device import uuid7
from foodbank.inventory.models import Movement, Place, PlaceKind, Reason
from foodbank.inventory.services.ledger import post
from foodbank.inventory.services.places import ensure_place
from foodbank.sites.models import Site, SiteKind
from logistics.warehouse.selectors.reading import place_code
from logistics.warehouse.services.picking import pick
from tests.factories import PartnerFactory, SiteFactory, UserFactory, stocked
from tests.factories.driving import Drive, an_order
from tests.foodbank.accounts.access.table import Person, Row, roles

HANDS = roles(Role.WAREHOUSE)
NO_LOT = "L0000000"


def _site(who: Person) -> Site:
    """A coordinator, who works everywhere, begins at the first depot."""
    return who.site or Site.objects.filter(kind=SiteKind.DEPOT).order_by("code").first() or SiteFactory.create(code="A00")


def _elsewhere() -> Site:
    return SiteFactory.create(kind=SiteKind.DEPOT)


def _shelf(site: Site, name: str = "A-01") -> Place:
    return ensure_place(
        code=f"{site.code}-{name}", kind=PlaceKind.STORAGE, zone=Zone.CHILLED, site=site, actor=UserFactory.create(roles=[])
    )


def _lot(site: Site) -> list[str]:
    return [stocked(3, place=_shelf(site))[0].code]


def _drive(site: Site) -> Drive:
    drive = Drive(depot=site)
    partner = PartnerFactory.create()
    drive.shelf(3, drive.stop(site), drive.stop(partner.site), order_line=an_order(partner))
    return drive.published()


def _vehicle(site: Site) -> list[str]:
    return [_drive(site).code]


def _picked(site: Site) -> list[str | int]:
    drive = _drive(site)
    pick(shipment=drive.shipments[0], site=site, actor=drive.actor)
    return [drive.code, drive.shipments[0].pk]


def _row(who: Person, site: Site) -> list[int]:
    lot, place = stocked(3, place=_shelf(site), actor=who.user)
    post(lot=lot, source=place, target=_shelf(site, "A-02"), quantity=1, reason=Reason.MOVE, actor=who.user)
    return [Movement.objects.latest("pk").pk]


LOT = {"own": lambda who: _lot(_site(who)), "other": lambda who: _lot(_elsewhere()), "args": [NO_LOT]}
VEHICLE = {"own": lambda who: _vehicle(_site(who)), "other": lambda who: _vehicle(_elsewhere()), "args": ["VAN0"]}

ROWS: dict[str, Row] = {
    "warehouse:home": Row(HANDS),
    "warehouse:find": Row(HANDS),
    "warehouse:expiring": Row(HANDS),
    "warehouse:lot": Row(HANDS, **LOT),
    "warehouse:lot_label": Row(HANDS, **LOT),
    "warehouse:todays_labels": Row(HANDS),
    "warehouse:place_list": Row(HANDS),
    "warehouse:place_labels": Row(HANDS),
    "warehouse:place": Row(
        HANDS,
        args=["P0000000"],
        own=lambda who: [place_code(_shelf(_site(who)))],
        other=lambda who: [place_code(_shelf(_elsewhere()))],
    ),
    "warehouse:receive_list": Row(HANDS),
    "warehouse:walk_in": Row(HANDS),
    # Offers are the whole organisation's: a shop may bring its goods to whichever depot is near.
    "warehouse:receive_offer": Row(HANDS, args=[0], wide=True),
    "warehouse:refuse_offer": Row(HANDS, "post", args=[0], wide=True),
    "warehouse:close_offer": Row(HANDS, "post", args=[0], wide=True),
    "warehouse:move_scan": Row(HANDS),
    "warehouse:move": Row(HANDS, **LOT),
    "warehouse:discard_scan": Row(HANDS),
    "warehouse:discard": Row(HANDS, **LOT),
    "warehouse:count_scan": Row(HANDS),
    "warehouse:count": Row(HANDS, **LOT),
    "warehouse:routes": Row(HANDS),
    "warehouse:pick": Row(HANDS, **VEHICLE),
    "warehouse:load": Row(HANDS, **VEHICLE),
    "warehouse:unload": Row(HANDS, "post", data={"batch": str(uuid7())}, **VEHICLE),
    "warehouse:put_back": Row(
        HANDS,
        "post",
        args=["VAN0", 0],
        own=lambda who: _picked(_site(who)),
        other=lambda who: _picked(_elsewhere()),
        data={"place": "A-01"},
    ),
    "warehouse:mine": Row(HANDS),
    "warehouse:correct": Row(
        HANDS, args=[0], own=lambda who: _row(who, _site(who)), other=lambda who: _row(Person(UserFactory.create()), _site(who))
    ),
}
