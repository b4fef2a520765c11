from foodbank.messaging.models.calls import CallState, CallToMake

__all__ = ["CallState", "CallToMake"]
