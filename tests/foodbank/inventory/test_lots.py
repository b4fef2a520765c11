"""Making, splitting, holding and releasing lots (D5, D6, D8, D10, D11, D13)."""

from __future__ import annotations

import datetime as dt

import pytest

from foodbank.catalog.models import AllergenList, Zone
from foodbank.core.dates import DateMark, DatePrecision, today
from foodbank.core.errors import Refusal
from foodbank.inventory.models import Balance, Hold, Lot, LotStatus, Movement, PlaceKind, Reason, Release
from foodbank.inventory.selectors.facts import lot_facts
from foodbank.inventory.services.ledger import post
from foodbank.inventory.services.lots import (
    LotDraft,
    create_lot,
    create_lots,
    grant_release,
    hold_lot,
    request_release,
    split_lot,
    unhold_lot,
)
from foodbank.labels.codes import check_code
from tests.factories import ItemFactory, PlaceFactory, SiteFactory, UserFactory, allergen, stocked

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 12, 5)


@pytest.fixture
def actor():
    return UserFactory.create()


def test_a_lot_takes_what_the_item_says(actor):
    item = ItemFactory.create(unit_weight_g=340, weight_estimated=True)
    item.allergens.add(allergen("乳"), allergen("小麦"))
    lot = create_lot(item=item, received_on=DAY, last_day=DAY, actor=actor)
    assert (lot.date_mark, lot.zone, lot.unit_weight_g, lot.weight_estimated) == ("best_before", "chilled", 340, True)
    assert check_code(lot.code) == lot.code
    assert lot.code.startswith("L")
    assert lot_facts([lot])[lot.pk].contains == {"乳", "小麦"}


def test_a_month_means_its_last_day(actor):
    lot = create_lot(
        item=ItemFactory.create(),
        received_on=DAY,
        last_day=dt.date(2027, 2, 1),
        date_precision=DatePrecision.MONTH,
        actor=actor,
    )
    assert lot.last_day == dt.date(2027, 2, 28)


@pytest.mark.parametrize(("label", "expected"), [("frozen", "frozen"), ("ambient", "chilled"), (None, "chilled")])
def test_the_stricter_zone_wins(actor, label, expected):
    lot = create_lot(item=ItemFactory.create(zone=Zone.CHILLED), received_on=DAY, last_day=DAY, zone=label, actor=actor)
    assert lot.zone == expected


@pytest.mark.parametrize(
    ("received_on", "edition"),
    [
        (dt.date(2024, 3, 27), dt.date(2023, 3, 9)),
        (dt.date(2024, 3, 28), dt.date(2024, 3, 28)),
        (DAY, dt.date(2026, 4, 1)),
        (dt.date(2020, 1, 1), dt.date(2023, 3, 9)),  # before all of them: the oldest we have
    ],
)
def test_the_lot_keeps_the_list_in_force(actor, received_on, edition):
    lot = create_lot(item=ItemFactory.create(), received_on=received_on, last_day=DAY, actor=actor)
    assert lot.allergen_list.effective_from == edition


def test_cashew_became_mandatory_in_2026():
    names = {
        edition.effective_from.year: set(edition.entries.filter(mandatory=True).values_list("allergen__name", flat=True))
        for edition in AllergenList.objects.all()
    }
    assert len(names[2024]) == 8
    assert names[2026] - names[2024] == {"カシューナッツ"}


def test_a_date_that_the_law_asks_for_is_asked_for(actor):
    with pytest.raises(Refusal) as refused:
        create_lot(item=ItemFactory.create(), received_on=DAY, last_day=None, actor=actor)
    assert refused.value.code == "inventory.date_missing"
    produce = ItemFactory.create(date_mark=DateMark.NONE)
    assert create_lot(item=produce, received_on=DAY, last_day=None, actor=actor).last_day is None


def test_a_mixed_box_knows_nothing_of_its_allergens(actor):
    item = ItemFactory.create()
    assert create_lot(item=item, received_on=DAY, last_day=DAY, mixed_box=True, actor=actor).allergens_stated is False
    with pytest.raises(Refusal) as refused:
        create_lot(item=item, received_on=DAY, last_day=DAY, mixed_box=True, allergens_stated=True, actor=actor)
    assert refused.value.code == "inventory.mixed_box_stated"


def test_many_lots_in_few_queries(actor, django_assert_max_num_queries):
    item = ItemFactory.create()
    item.allergens.add(allergen("乳"))
    drafts = [LotDraft(item=item, received_on=DAY, last_day=DAY) for _ in range(1000)]
    # SQLite takes 999 values a statement, Django keeps to it: 1,000 lots of 20 values in 21 inserts, 1,000 links of 2 values in 3;
    # beside them savepoints (4), the list edition, free codes (1, rarely 2) and the item's allergens
    with django_assert_max_num_queries(32):
        lots = create_lots(drafts=drafts, actor=actor)
    assert len({lot.code for lot in lots}) == 1000
    assert lot_facts([lots[999]])[lots[999].pk].contains == {"乳"}


def test_a_split_lot_inherits_everything(actor):
    donor = SiteFactory.create()
    lot, shelf = stocked(10, donor_site=donor, maker_lot="A1", unit_weight_g=340, date_mark=DateMark.BEST_BEFORE)
    lot.contains.create(allergen=allergen("乳"))
    child = split_lot(lot=lot, place=shelf, quantity=4, actor=actor)
    same = ("item_id", "donor_site_id", "received_on", "date_mark", "last_day", "date_precision", "zone", "unit_weight_g")
    same += ("weight_estimated", "maker_lot", "allergens_stated", "allergen_list_id", "source_ref", "condition", "mixed_box")
    assert [getattr(child, name) for name in same] == [getattr(lot, name) for name in same]
    assert child.parent == lot
    assert child.code != lot.code
    assert lot_facts([child])[child.pk].contains == {"乳"}
    grams = dict(Balance.objects.filter(place=shelf).values_list("lot_id", "grams"))
    assert grams == {lot.pk: 2040, child.pk: 1360}  # 6 × 340 and 4 × 340


def test_the_time_on_the_last_day_is_inherited_and_needs_a_day(actor):
    item = ItemFactory.create(date_mark=DateMark.USE_BY)
    lot, shelf = stocked(10, item=item, last_day=today(), safe_until=dt.time(18))
    assert split_lot(lot=lot, place=shelf, quantity=4, actor=actor).safe_until == dt.time(18)
    with pytest.raises(Refusal) as refused:
        month = DatePrecision.MONTH
        create_lot(item=item, received_on=DAY, last_day=DAY, date_precision=month, safe_until=dt.time(18), actor=actor)
    assert refused.value.code == "inventory.safe_time_without_day"


def test_no_split_without_complete_data(actor):
    lot, shelf = stocked(10, allergens_stated=False)
    with pytest.raises(Refusal) as refused:
        split_lot(lot=lot, place=shelf, quantity=4, actor=actor)
    assert refused.value.code == "inventory.incomplete_data"
    assert Lot.objects.count() == 1
    nobody, rack = stocked(10, donor_site=None)
    with pytest.raises(Refusal) as refused:
        split_lot(lot=nobody, place=rack, quantity=4, actor=actor)
    assert refused.value.params["missing"] == ["origin"]


def test_no_split_beyond_what_is_there(actor):
    lot, shelf = stocked(3)
    with pytest.raises(Refusal) as refused:
        split_lot(lot=lot, place=shelf, quantity=4, actor=actor)
    assert refused.value.code == "inventory.not_enough_stock"
    assert (Lot.objects.count(), Movement.objects.count()) == (1, 1)


def test_a_hold_reaches_what_was_split_off_and_says_who(actor):
    lot, shelf = stocked(10)
    child = split_lot(lot=lot, place=shelf, quantity=4, actor=actor)
    grandchild = split_lot(lot=child, place=shelf, quantity=2, actor=actor)
    hold_lot(lot=lot, reason="温度の確認", actor=actor)
    hold_lot(lot=lot, reason="もう一度", actor=actor)  # changes nothing
    assert set(Lot.objects.filter(status=LotStatus.HELD)) == {lot, child, grandchild}
    assert Hold.objects.filter(reason="温度の確認", actor=actor).count() == Hold.objects.count() == 3
    unhold_lot(lot=child, note="記録を確認", actor=actor)
    assert set(Lot.objects.filter(status=LotStatus.HELD)) == {lot, grandchild}
    with pytest.raises(Refusal) as refused:
        unhold_lot(lot=child, note="記録を確認", actor=actor)
    assert refused.value.code == "inventory.not_held"


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_hold_needs_a_reason(actor, reason):
    lot, _shelf = stocked(1)
    with pytest.raises(Refusal) as refused:
        hold_lot(lot=lot, reason=reason, actor=actor)
    assert refused.value.code == "inventory.reason_missing"


GROUNDS = "官能検査と細菌検査の結果に問題がないため"


def past(mark):
    return stocked(5, date_mark=mark, last_day=today() - dt.timedelta(days=2))


def test_a_release_takes_two_people_and_written_grounds(actor):
    lot, shelf = past(DateMark.BEST_BEFORE)
    with pytest.raises(Refusal) as refused:
        request_release(lot=lot, until=today(), grounds="大丈夫", actor=actor)
    assert refused.value.code == "inventory.release_grounds_missing"
    request = request_release(lot=lot, until=today(), grounds=GROUNDS, actor=actor)
    with pytest.raises(Refusal) as refused:
        grant_release(request=request, actor=actor)
    assert refused.value.code == "inventory.release_same_person"
    assert not Release.objects.exists()  # asking alone lets nothing out
    second = UserFactory.create()
    release = grant_release(request=request, actor=second)
    assert (release.first, release.second, release.grounds) == (actor, second, GROUNDS)
    child = split_lot(lot=lot, place=shelf, quantity=2, actor=actor)
    assert child.release.until == today()
    van = PlaceFactory.create(kind=PlaceKind.VEHICLE)
    assert post(lot=child, source=shelf, target=van, quantity=2, reason=Reason.LOAD, actor=actor).pk
    with pytest.raises(Refusal) as refused:
        grant_release(request=request, actor=UserFactory.create())
    assert refused.value.code == "inventory.release_granted"


def test_no_release_of_a_use_by_date(actor):
    lot, _shelf = past(DateMark.USE_BY)
    with pytest.raises(Refusal) as refused:
        request_release(lot=lot, until=today(), grounds=GROUNDS, actor=actor)
    assert refused.value.code == "inventory.release_not_best_before"


def test_a_release_ends_after_the_date_or_is_none(actor):
    lot, _shelf = past(DateMark.BEST_BEFORE)
    with pytest.raises(Refusal) as refused:
        request_release(lot=lot, until=lot.last_day, grounds=GROUNDS, actor=actor)
    assert refused.value.code == "inventory.release_day"
