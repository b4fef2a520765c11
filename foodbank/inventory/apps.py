from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "foodbank.inventory"
    verbose_name = "在庫"
