from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "foodbank.messaging"
    verbose_name = "お知らせ"
