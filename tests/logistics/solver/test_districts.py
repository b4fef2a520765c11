"""Customers to depots."""

from __future__ import annotations

import pytest

from logistics.solver.districts import OVERFULL_COST, assign

pytestmark = pytest.mark.sqlite


def test_everybody_goes_to_the_nearest_depot_while_there_is_room() -> None:
    assert assign([10, 10, 10], [30, 30], [{0: 1, 1: 5}, {0: 5, 1: 1}, {0: 2, 1: 3}]) == [0, 1, 0]


def test_a_full_depot_sends_on_whom_it_costs_least() -> None:
    # room for two of three at depot 0; moving them costs 9, 3 or 7 a minute more: the second goes
    assert assign([10, 10, 10], [20, 100], [{0: 1, 1: 10}, {0: 1, 1: 4}, {0: 1, 1: 8}]) == [0, 1, 0]


def test_without_room_anywhere_nobody_is_left_without_a_depot() -> None:
    assert assign([10, 10], [0, 0], [{0: 1}, {0: 1, 1: 2}]) == [0, 0]


def test_a_depot_takes_more_than_its_time_before_a_customer_crosses_the_country() -> None:
    far = OVERFULL_COST + 2
    assert assign([10, 10], [10, 100], [{0: 1, 1: far}, {0: 1, 1: far + 1}]) == [0, 0]
    assert sorted(assign([10, 10], [10, 100], [{0: 1, 1: far - 2}, {0: 1, 1: far - 2}])) == [0, 1]


def test_a_customer_cut_in_two_by_the_flow_goes_where_most_of_it_went() -> None:
    # 10 minutes, 7 of them fit into depot 0
    assert assign([10], [7, 100], [{0: 1, 1: 2}]) == [0]
    assert assign([10], [3, 100], [{0: 1, 1: 2}]) == [1]


def test_a_customer_without_depots_is_named() -> None:
    with pytest.raises(ValueError, match="customer 1"):
        assign([1, 1], [10], [{0: 1}, {}])
