from django.urls import path, register_converter

from foodbank.core.converters import DayConverter
from logistics.dispatch import views

register_converter(DayConverter, "day")

app_name = "dispatch"

urlpatterns = [
    path("day/", views.today, name="today"),
    path("day/<day:day>/", views.day_page, name="day"),
]
