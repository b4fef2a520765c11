"""Every address of the program, by app."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="dispatch:today"), name="home"),
    path("", include("foodbank.accounts.urls")),
    path("", include("logistics.dispatch.urls")),
    path("", include("api.urls")),
    path("language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
]
