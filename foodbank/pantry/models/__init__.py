from foodbank.pantry.models.pickup_days import ExchangeSession, PickupDay, Slot

__all__ = ["ExchangeSession", "PickupDay", "Slot"]
