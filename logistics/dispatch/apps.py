from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "logistics.dispatch"
    verbose_name = "配送"
