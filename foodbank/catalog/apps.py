from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "foodbank.catalog"
    verbose_name = "品目"
