from django.apps import AppConfig


class SheetsConfig(AppConfig):
    name = "logistics.sheets"
    verbose_name = "運行表"
