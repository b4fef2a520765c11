from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    name = "logistics.warehouse"
    verbose_name = "倉庫"
