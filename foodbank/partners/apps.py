from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "foodbank.partners"
    verbose_name = "提供先"
