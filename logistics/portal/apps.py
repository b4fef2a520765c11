from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "logistics.portal"
    verbose_name = "提供先のページ"
