from logistics.allocation.models.days_left import Channel, MinimumDaysLeft

__all__ = ["Channel", "MinimumDaysLeft"]
