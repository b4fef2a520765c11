"""A donor's goods that have gone every way there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.dates import today
from foodbank.donations.models import Donor, Offer, RefusalReason
from foodbank.donations.services.intake import NotTaken, receive_offer
from foodbank.donations.services.offers import OfferData, add_offer
from foodbank.inventory.models import Lot, Movement, Place, PlaceKind, Reason
from foodbank.inventory.services.discard import discard
from foodbank.inventory.services.ledger import correct, post
from foodbank.inventory.services.places import ensure_counterpart
from foodbank.inventory.services.splits import split_lot
from foodbank.inventory.services.stocktake import count
from foodbank.partners.models import Partner
from foodbank.sites.models import SiteKind
from tests.factories import DonorFactory, ItemFactory, PartnerFactory, PlaceFactory, SiteFactory, UserFactory


@dataclass(frozen=True)
class Given:
    """A shop's milk: 20 of 1 kg cartons written down, 3 more were open and stayed at the shop."""

    donor: Donor
    lot: Lot
    row: Movement
    shelf: Place
    actor: User
    cafeteria: Partner


def offered(donor: Donor, actor: User, *, units: int = 23, **item: object) -> Offer:
    day = today()
    made = ItemFactory.create(**item)
    return add_offer(
        data=OfferData(
            donor=donor, item=made, day=day, quantity=units, last_day=day + dt.timedelta(days=5), ready_from=dt.time(9),
            ready_until=dt.time(11),
        ),
        actor=actor,
    )  # fmt: skip


@pytest.fixture
def opened_goods() -> RefusalReason:
    return RefusalReason.objects.get_or_create(
        code="opened", defaults={"name": "開封済み", "name_en": "Opened", "effective_from": dt.date(2020, 1, 1)}
    )[0]


@pytest.fixture
def given(db: None, opened_goods: RefusalReason) -> Given:
    actor = UserFactory.create()
    SiteFactory.create(kind=SiteKind.DEPOT, code="A01", name="見本フードバンク", address="見本市1-2-3", phone="000-0000-0000")
    donor = DonorFactory.create(site__name="見本マーケット")
    shelf = PlaceFactory.create()
    offer = offered(donor, actor, name="見本牛乳")
    made = receive_offer(
        offer=offer, quantity=20, place=shelf, actor=actor, not_taken=[NotTaken(3, opened_goods, "口が開いていた")]
    )
    return Given(donor, made.lot, made.movement, shelf, actor, PartnerFactory.create())


@pytest.fixture
def gone(given: Given) -> Given:
    """20 in, corrected to 19. To a 食堂 6, of which 1 came back; split 5 off, of which a visit got 3 and 1 of those was never given
    (corrected); split again 2 of the 5; a count misses 1 on the shelf; 2 thrown away as damaged, then 1 of that taken back.

    19 = 5 (食堂) + 2 (visit) + 1 (damaged) + 1 (missed) + 10 (still there)
    """
    actor, shelf, lot = given.actor, given.shelf, given.lot
    correct(movement=given.row, quantity=19, note="数え間違い", actor=actor)
    cafeteria = ensure_counterpart(kind=PlaceKind.RECIPIENT, site=given.cafeteria.site, actor=actor)
    square = SiteFactory.create(kind=SiteKind.MOBILE)
    visitors = ensure_counterpart(kind=PlaceKind.RECIPIENT, site=square, actor=actor)
    post(lot=lot, source=shelf, target=cafeteria, quantity=6, reason=Reason.HAND_OVER, actor=actor)
    post(lot=lot, source=cafeteria, target=shelf, quantity=1, reason=Reason.RETURNED, actor=actor)
    child = split_lot(lot=lot, place=shelf, quantity=5, actor=actor)
    grandchild = split_lot(lot=child, place=shelf, quantity=2, actor=actor)
    out = post(lot=child, source=shelf, target=visitors, quantity=3, reason=Reason.HAND_OVER, actor=actor)
    correct(movement=out, quantity=2, note="1点は残った", actor=actor)
    there = 19 - 6 + 1 - 5
    count(lot=lot, place=shelf, counted=there - 1, actor=actor)
    wasted = discard(lot=grandchild, place=shelf, quantity=2, reason=Reason.DISCARD_DAMAGED, actor=actor)
    correct(movement=wasted, quantity=1, note="1点は無事", actor=actor)
    return given


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AbstractContextManager[None]]:
    """``with later(days=1):`` what happens inside happens that much later."""
    real = timezone.now

    @contextmanager
    def moved(**by: int) -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(timezone, "now", lambda: real() + dt.timedelta(**by))
            yield

    return moved
