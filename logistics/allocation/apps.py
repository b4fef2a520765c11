from django.apps import AppConfig


class AllocationConfig(AppConfig):
    name = "logistics.allocation"
    verbose_name = "配分"
