from foodbank.donations.models.donors import Donor
from foodbank.donations.models.offers import Offer, OfferSource, OfferStatus, RefusalReason, RefusedGoods

__all__ = ["Donor", "Offer", "OfferSource", "OfferStatus", "RefusalReason", "RefusedGoods"]
