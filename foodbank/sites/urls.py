from django.urls import path

from foodbank.sites import views

app_name = "sites"

urlpatterns = [
    path("agreements/", views.agreement_list, name="agreement_list"),
    path("agreements/new/", views.agreement_new, name="agreement_new"),
    path("agreements/<int:pk>/", views.agreement_edit, name="agreement_edit"),
]
