"""Made-up rows for tests. Goods come in through the services, so that the ledger stays whole."""

from tests.factories.accounts import RoleGrantFactory, UserFactory
from tests.factories.catalog import ItemFactory, allergen, category
from tests.factories.inventory import LotFactory, PlaceFactory, stocked
from tests.factories.orders import a_key, an_order, cut_off, order_data
from tests.factories.people import AgreementFactory, DonorFactory, PartnerFactory, SiteFactory

__all__ = [
    "AgreementFactory",
    "DonorFactory",
    "ItemFactory",
    "LotFactory",
    "PartnerFactory",
    "PlaceFactory",
    "RoleGrantFactory",
    "SiteFactory",
    "UserFactory",
    "a_key",
    "allergen",
    "an_order",
    "category",
    "cut_off",
    "order_data",
    "stocked",
]
