"""Every address of the program, by app."""

from django.contrib import admin
from django.urls import include, path, register_converter
from django.views.i18n import set_language

from foodbank.accounts.views.signing_in import home
from foodbank.core.converters import DayConverter

register_converter(DayConverter, "day")

urlpatterns = [
    path("", home, name="home"),
    path("", include("foodbank.accounts.urls")),
    path("", include("logistics.dispatch.urls")),
    path("", include("logistics.dispatch.urls_driving")),
    path("", include("logistics.month.urls")),
    path("", include("logistics.sheets.urls")),
    path("", include("logistics.fleet.urls")),
    path("", include("logistics.allocation.urls")),
    path("", include("logistics.travel.urls")),
    path("", include("foodbank.inventory.urls")),
    path("", include("foodbank.donations.urls")),
    path("", include("foodbank.partners.urls")),
    path("", include("foodbank.pantry.urls")),
    path("", include("foodbank.catalog.urls")),
    path("", include("foodbank.sites.urls")),
    path("", include("foodbank.reports.urls")),
    path("", include("logistics.warehouse.urls")),
    path("", include("logistics.dayfiles.urls")),
    path("", include("logistics.portal.urls")),
    path("", include("api.urls")),
    path("language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
]

handler404 = "foodbank.pantry.views.faults.not_found"
handler500 = "foodbank.pantry.views.faults.fault"
