import pytest

from logistics.allocation.facts import DaysLeftRule
from logistics.allocation.policies import days_needed, refused_because
from tests.factories.days import DATE, line, pickup_day, shelf, visit

RULES = (
    DaysLeftRule("partner", None, None, 1),
    DaysLeftRule("partner", None, "chilled", 2),
    DaysLeftRule("partner", "dairy", None, 3),
    DaysLeftRule("partner", "dairy", "chilled", 4),
    DaysLeftRule("home_parcel", None, None, 7),
)


@pytest.mark.parametrize(
    ("category", "zone", "days"),
    [("rice", "ambient", 1), ("rice", "chilled", 2), ("dairy", "ambient", 3), ("dairy", "chilled", 4)],
)
def test_the_most_specific_row_wins(category, zone, days):
    assert days_needed(RULES, channel="partner", category=category, zone=zone) == days


def test_no_row_means_the_last_day_itself_is_fine():
    assert days_needed(RULES, channel="same_day", category="rice", zone="ambient") == 0


@pytest.mark.parametrize(("days", "code"), [(0, "days_left"), (1, None)])
def test_days_left_are_counted_from_the_day_of_the_hand_over(days, code):
    goods = shelf("A", 1, days=days)
    assert refused_because(goods, line("O1/rice", "P1", 1), day=DATE, rules=RULES) == code


def test_each_rule_says_no_for_its_own_reason():
    wants_rice = line("O1/rice", "P1", 1, excluded=frozenset({"卵"}))
    cases = {
        "inventory.held": shelf("A", 1, blocked="inventory.held"),
        "other_category": shelf("A", 1, category="snack"),
        "allergen": shelf("A", 1, allergens=frozenset({"卵", "乳"})),
        None: shelf("A", 1, allergens=frozenset({"乳"})),
    }
    for code, goods in cases.items():
        assert refused_because(goods, wants_rice, day=DATE, rules=()) == code


def test_an_order_by_item_takes_that_item_only():
    wanted = line("O1/rice", "P1", 1, category=None, gtin="A")
    assert refused_because(shelf("A", 1), wanted, day=DATE, rules=()) is None
    assert refused_because(shelf("B", 1), wanted, day=DATE, rules=()) == "other_item"


@pytest.mark.parametrize("demand", [visit("M1", 5, "11:00-13:00"), pickup_day("V1", 5, "11:00-13:00")])
def test_households_get_food_with_a_label_of_its_own(demand):
    assert refused_because(shelf("A", 1, is_food=False), demand, day=DATE, rules=()) == "not_food"
    assert refused_because(shelf("A", 1, for_households=False), demand, day=DATE, rules=()) == "mixed_box"
    assert refused_because(shelf("A", 1), demand, day=DATE, rules=()) is None


def test_without_a_row_the_passed_date_of_goods_that_may_leave_stops_nothing():
    """D6: what may not leave at all is ``blocked``; a released date and the food bank's own estimate forbid nothing by themselves."""
    wanted = line("O1/rice", "P1", 1)
    for goods in (shelf("A", 1, days=-3, released=True), shelf("A", 1, days=-3, date_mark="none")):
        assert refused_because(goods, wanted, day=DATE, rules=()) is None
        assert refused_because(goods, wanted, day=DATE, rules=RULES) == "days_left"
