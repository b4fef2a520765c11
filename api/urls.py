"""What programs and watchdogs ask for."""

from django.urls import include, path

from api import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/v1/", include("api.v1.urls")),
]
