from foodbank.catalog.models.allergens import Allergen, AllergenList, AllergenListEntry
from foodbank.catalog.models.carrying import KeptApart, RideLimit
from foodbank.catalog.models.items import Category, Item, Zone

__all__ = ["Allergen", "AllergenList", "AllergenListEntry", "Category", "Item", "KeptApart", "RideLimit", "Zone"]
