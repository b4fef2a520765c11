from django.urls import path

from logistics.allocation import views

app_name = "allocation"

urlpatterns = [path("weights/", views.weights, name="weights")]
