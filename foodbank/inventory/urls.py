from django.urls import path

from foodbank.inventory import views

app_name = "inventory"

urlpatterns = [
    path("q/", views.find, name="find"),
    path("q/<str:code>", views.code_page, name="code"),
    path("day/<day:day>/labels.pdf", views.labels_pdf, name="labels_pdf"),
]
