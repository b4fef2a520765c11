from foodbank.partners.models.orders import Order, OrderLine, OrderSource, OrderStatus
from foodbank.partners.models.partners import Partner, PartnerKind

__all__ = ["Order", "OrderLine", "OrderSource", "OrderStatus", "Partner", "PartnerKind"]
