from django.apps import AppConfig


class TravelConfig(AppConfig):
    name = "logistics.travel"
    verbose_name = "所要時間"
