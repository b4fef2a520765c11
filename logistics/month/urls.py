from django.urls import path

from logistics.month.views import calendar, cars, sites

app_name = "month"

urlpatterns = [
    path("month/", calendar.now, name="now"),
    path("month/<day:month>/", calendar.calendar, name="calendar"),
    path("month/<day:month>/plan/", calendar.plan, name="plan"),
    path("month/<day:month>/progress/", calendar.progress, name="progress"),
    path("month-sites/", sites.site_list, name="site_list"),
    path("month-sites/import/", sites.site_import, name="site_import"),
    path("month-sites/<str:code>/", sites.site_edit, name="site_edit"),
    path("month-sites/<str:code>/days/", sites.forbid, name="forbid"),
    path("month-sites/<str:code>/days/<day:day>/allow/", sites.allow, name="allow"),
    path("month-cars/", cars.car_list, name="car_list"),
    path("month-cars/days-off/", cars.day_off_add, name="day_off_add"),
    path("month-cars/days-off/<int:pk>/remove/", cars.day_off_remove, name="day_off_remove"),
    path("month-cars/<str:code>/", cars.car_week, name="car_week"),
]
