from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "foodbank.accounts"
    verbose_name = "利用者"
