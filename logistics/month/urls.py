from django.urls import path

from logistics.month.views import calendar, cars, sites, stock, visits

app_name = "month"

urlpatterns = [
    path("month/", calendar.now, name="now"),
    path("month/<day:month>/", calendar.calendar, name="calendar"),
    path("month/<day:month>/plan/", calendar.plan, name="plan"),
    path("month/<day:month>/progress/", calendar.progress, name="progress"),
    path("month/<day:month>/undo/", visits.undo_last, name="undo"),
    path("month/<day:month>/accept/", visits.accept_month, name="accept"),
    path("month/<day:month>/stock/", stock.stock, name="stock"),
    path("month/<day:month>/stock.csv", stock.stock_csv, name="stock_csv"),
    path("month/<day:month>/visits/new/", visits.visit_new, name="visit_new"),
    path("month-visits/<int:pk>/", visits.visit_edit, name="visit_edit"),
    path("month-visits/<int:pk>/lock/", visits.visit_lock, name="visit_lock"),
    path("month-visits/<int:pk>/remove/", visits.visit_remove, name="visit_remove"),
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
