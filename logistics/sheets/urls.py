from django.urls import path

from logistics.sheets import views

app_name = "sheets"

urlpatterns = [
    path("day/<day:day>/sheets.zip", views.all_routes, name="all"),
    path("day/<day:day>/sheets/<str:vehicle>.pdf", views.route, name="route"),
]
