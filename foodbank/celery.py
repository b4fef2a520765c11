"""The Celery application. Task bodies are plain service calls; what they did is a row in the database (R8)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "foodbank.settings")
app = Celery("foodbank")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
