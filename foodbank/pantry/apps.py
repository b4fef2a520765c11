from django.apps import AppConfig


class PantryConfig(AppConfig):
    name = "foodbank.pantry"
    verbose_name = "受取日"
