from django.urls import path

from logistics.dayfiles import views

app_name = "dayfiles"

urlpatterns = [
    path("import/", views.upload, name="upload"),
    path("import/<uuid:pk>/", views.preview, name="preview"),
]
