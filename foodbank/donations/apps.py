from django.apps import AppConfig


class DonationsConfig(AppConfig):
    name = "foodbank.donations"
    verbose_name = "寄付"
