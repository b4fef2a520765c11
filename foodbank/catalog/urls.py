from django.urls import path

from foodbank.catalog.views import carrying, items

app_name = "catalog"

urlpatterns = [
    path("items/", items.item_list, name="item_list"),
    path("items/new/", items.item_new, name="item_new"),
    path("items/<str:gtin>/", items.item_edit, name="item_edit"),
    path("carrying/", carrying.carrying, name="carrying"),
    path("carrying/apart/", carrying.apart_new, name="apart_new"),
    path("carrying/apart/<int:pk>/end/", carrying.apart_end, name="apart_end"),
    path("carrying/rides/", carrying.ride_new, name="ride_new"),
    path("carrying/rides/<int:pk>/end/", carrying.ride_end, name="ride_end"),
]
