from logistics.allocation.models.days_left import Channel, MinimumDaysLeft
from logistics.allocation.models.weights import PlanWeights

__all__ = ["Channel", "MinimumDaysLeft", "PlanWeights"]
