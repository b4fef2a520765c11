"""Who may open which address: one table (P13). An address without a row fails the suite, and so does a row without an address.

Each app has a file here with ``ROWS: dict[str, Row]``; files are collected by themselves, so adding an address is adding a row to your
app's file. The key is the route's name with its namespaces (``inventory:code``, ``api:v1:order-list``).

    ROWS = {
        # an address without an object: roles that may open it (the same as in ``role_required``; the coordinator is implied for
        # warehouse, driver and reception), or Who.PUBLIC, Who.SIGNED_IN, Who.KEY
        "catalog:item_list": Row(DESK),
        "warehouse:home": Row(roles(Role.WAREHOUSE)),
        # an address about one object that everybody with the role opens for every object: ``wide``; ``args`` name an object that does
        # not exist, which must answer 404
        "catalog:item_edit": Row(DESK, args=["9520000000011"], wide=True),
        # an address about one object that belongs to somebody: ``own`` and ``other`` make one for, and one foreign to, a Person
        # (user, role, site) and give the arguments. Own: not 403, 404 or a fault. Other: 404, always
        "portal:order": Row(roles(Role.PARTNER), args=[0], own=lambda who: [OrderFactory(site=who.site).pk],
                            other=lambda who: [OrderFactory().pk]),
        # posts: ``method="post"``; ``data`` where an empty body would say nothing
        "driving:drop": Row(roles(Role.DRIVER), "post", args=["S0000000"], own=my_stop, other=your_stop),
    }

Arguments that are a day do not make an address one about an object. ``other`` is not asked of coordinators, who see every place.
A row with ``Who.KEY`` is tried by the person of a partner; ``headers(who)`` in ``api.py`` makes a key for ``who.site`` and gives the
headers of a request with it. What is asked of each row: ``tests/foodbank/accounts/test_access.py``.
"""

from __future__ import annotations

import importlib
import pkgutil

from tests.foodbank.accounts.access.table import Row


def collect() -> dict[str, Row]:
    table: dict[str, Row] = {}
    for module in pkgutil.iter_modules(__path__):
        rows = getattr(importlib.import_module(f"{__name__}.{module.name}"), "ROWS", {})
        twice = sorted(set(table) & set(rows))
        assert not twice, f"{module.name}: rows that another file has too: {twice}"
        table |= rows
    return table
