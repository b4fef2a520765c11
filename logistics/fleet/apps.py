from django.apps import AppConfig


class FleetConfig(AppConfig):
    name = "logistics.fleet"
    verbose_name = "車両"
