from django.urls import path

from logistics.travel import views

app_name = "travel"

urlpatterns = [
    path("travel/", views.home, name="home"),
    path("travel/check/", views.check, name="check"),
    path("travel/hours/new/", views.band_new, name="band_new"),
    path("travel/hours/<int:pk>/", views.band_edit, name="band_edit"),
    path("travel/hours/<int:pk>/remove/", views.band_remove, name="band_remove"),
]
