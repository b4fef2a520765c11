from foodbank.partners.models.keys import KeyScope, PartnerKey
from foodbank.partners.models.orders import Order, OrderLine, OrderSource, OrderStatus
from foodbank.partners.models.partners import Partner, PartnerKind
from foodbank.partners.models.rules import ClosedDay, OrderRules

__all__ = [
    "ClosedDay",
    "KeyScope",
    "Order",
    "OrderLine",
    "OrderRules",
    "OrderSource",
    "OrderStatus",
    "Partner",
    "PartnerKey",
    "PartnerKind",
]
