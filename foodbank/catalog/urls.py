from django.urls import path

from foodbank.catalog import views

app_name = "catalog"

urlpatterns = [
    path("items/", views.item_list, name="item_list"),
    path("items/new/", views.item_new, name="item_new"),
    path("items/<str:gtin>/", views.item_edit, name="item_edit"),
]
