from foodbank.donations.models.donors import Donor
from foodbank.donations.models.offers import Offer, OfferSource, OfferStatus

__all__ = ["Donor", "Offer", "OfferSource", "OfferStatus"]
