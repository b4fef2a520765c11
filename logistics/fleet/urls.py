from django.urls import path

from logistics.fleet import views

app_name = "fleet"

urlpatterns = [
    path("vehicles/", views.vehicle_list, name="vehicle_list"),
    path("vehicles/new/", views.vehicle_new, name="vehicle_new"),
    path("vehicles/<str:code>/", views.vehicle_edit, name="vehicle_edit"),
    path("vehicles/<str:code>/permits/", views.permit_new, name="permit_new"),
    path("vehicles/<str:code>/shifts/", views.shift_set, name="shift_set"),
    path("vehicles/<str:code>/shifts/<int:pk>/remove/", views.shift_remove, name="shift_remove"),
]
