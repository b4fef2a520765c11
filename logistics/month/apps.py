from django.apps import AppConfig


class MonthConfig(AppConfig):
    name = "logistics.month"
    verbose_name = "移動パントリーの月間計画"
