from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "foodbank.sites"
    verbose_name = "場所"
