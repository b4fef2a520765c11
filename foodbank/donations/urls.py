from django.urls import path

from foodbank.donations import views

app_name = "donations"

urlpatterns = [
    path("donors/", views.donor_list, name="donor_list"),
    path("donors/new/", views.donor_new, name="donor_new"),
    path("donors/<str:code>/", views.donor_edit, name="donor_edit"),
    path("offers/", views.offer_list, name="offer_list"),
    path("offers/new/", views.offer_new, name="offer_new"),
    path("offers/<int:pk>/", views.offer_edit, name="offer_edit"),
    path("offers/<int:pk>/cancel/", views.offer_cancel, name="offer_cancel"),
]
