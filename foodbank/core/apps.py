from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "foodbank.core"
    verbose_name = "共通"
