"""The demo's own day, gone through over HTTP as ``make demo`` does it, for whoever wants to look at its pages on the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.tools import process
from deploy.tools.demo import __main__ as demo
from deploy.tools.demo import site, steps
from deploy.tools.demo.day import Day


@pytest.fixture(scope="module")
def noon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """Today: one vehicle is on the road, a shop has called off, households have booked."""
    made = site.fresh(process.free_port(), tmp_path_factory.mktemp("demo") / "site")
    day = Day(made, demo.day_of_demo(), seconds=2)
    demo.work_through(steps.PREPARE, day)
    with site.served(made):
        demo.work_through((*steps.MORNING, *steps.NOON), day)
        yield day


@pytest.fixture(scope="module")
def gate(noon: Day) -> Day:
    """The vehicles have been everywhere, and the first household stands at the gate."""
    demo.work_through(steps.AFTERNOON, noon)
    return noon


@pytest.fixture(scope="module")
def evening(gate: Day) -> Day:
    """It is done."""
    demo.work_through(steps.EVENING, gate)
    return gate
