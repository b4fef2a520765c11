"""Orders and keys of partners. Orders come in through the service that staff use, which knows no cut-off."""

from __future__ import annotations

import datetime as dt
from typing import Any

from foodbank.accounts.models import User
from foodbank.core.dates import today
from foodbank.partners.models import KeyScope, Order, OrderRules, Partner, PartnerKey
from foodbank.partners.services.keys import issue_key
from foodbank.partners.services.orders import LineData, OrderData, create_order
from tests.factories.accounts import UserFactory
from tests.factories.catalog import category
from tests.factories.people import PartnerFactory


def order_data(partner: Partner, **changes: Any) -> OrderData:
    """12.5 kg of bread for forty children, in three days between ten and noon."""
    plain: dict[str, Any] = {
        "partner": partner,
        "delivery_date": today() + dt.timedelta(days=3),
        "window_from": dt.time(10),
        "window_until": dt.time(12),
        "children": 40,
        "lines": [LineData(category=category("bread"), quantity_g=12_500)],
    }
    return OrderData(**{**plain, **changes})


def an_order(partner: Partner | None = None, *, actor: User | None = None, **changes: Any) -> Order:
    return create_order(data=order_data(partner or PartnerFactory.create(), **changes), actor=actor or UserFactory.create())


def a_key(partner: Partner, *, scope: KeyScope = KeyScope.ORDER, **changes: Any) -> tuple[PartnerKey, str]:
    """A key of ``partner`` and its secret."""
    issued = issue_key(partner=partner, name="見本の注文システム", scope=scope, actor=UserFactory.create(), **changes)
    return issued.key, issued.secret


def cut_off(days_before: int, time: dt.time = dt.time()) -> None:
    """Partners may order until ``time``, ``days_before`` days before: 4 closes what is delivered in three days."""
    OrderRules.objects.update_or_create(pk=1, defaults={"days_before": days_before, "cut_off": time})
