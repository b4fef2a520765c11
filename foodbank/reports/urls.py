from django.urls import path

from foodbank.reports import views

app_name = "reports"

urlpatterns = [
    path("reports/receipts/", views.receipt_list, name="receipts"),
    path("reports/receipts/<day:day>/<str:code>/", views.receipt_page, name="receipt"),
    path("reports/receipts/<day:day>/<str:code>/<slug:form>/", views.receipt_file, name="receipt_file"),
    path("reports/use/", views.use_list, name="use_list"),
    path("reports/use/<str:code>/", views.use_page, name="use"),
    path("reports/use/<str:code>/<slug:form>/", views.use_file, name="use_file"),
    path("reports/kilograms/", views.kilograms_page, name="kilograms"),
    path("reports/kilograms/<slug:form>/", views.kilograms_file, name="kilograms_file"),
]
