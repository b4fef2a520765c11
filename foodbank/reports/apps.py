from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "foodbank.reports"
    verbose_name = "報告"
