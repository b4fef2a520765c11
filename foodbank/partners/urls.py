from django.urls import path

from foodbank.partners import views

app_name = "partners"

urlpatterns = [
    path("partners/", views.partner_list, name="partner_list"),
    path("partners/new/", views.partner_new, name="partner_new"),
    path("partners/<str:code>/", views.partner_edit, name="partner_edit"),
    path("partners/<str:code>/keys/", views.keys, name="keys"),
    path("partners/<str:code>/keys/<int:pk>/rotate/", views.key_rotate, name="key_rotate"),
    path("partners/<str:code>/keys/<int:pk>/revoke/", views.key_revoke, name="key_revoke"),
    path("orders/rules/", views.rules, name="rules"),
    path("orders/rules/closed/", views.day_close, name="day_close"),
    path("orders/rules/closed/<int:pk>/open/", views.day_open, name="day_open"),
    path("orders/", views.order_list, name="order_list"),
    path("orders/new/", views.order_new, name="order_new"),
    path("orders/<int:pk>/", views.order_edit, name="order_edit"),
    path("orders/<int:pk>/cancel/", views.order_cancel, name="order_cancel"),
]
