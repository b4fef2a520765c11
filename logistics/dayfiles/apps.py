from django.apps import AppConfig


class DayfilesConfig(AppConfig):
    name = "logistics.dayfiles"
    verbose_name = "一日のデータ"
