from django.apps import AppConfig


class PantryConfig(AppConfig):
    name = "foodbank.pantry"
    verbose_name = "受取日"

    def ready(self) -> None:
        from foodbank.pantry import checks  # noqa: F401, PLC0415 - registers itself, once the apps are there
