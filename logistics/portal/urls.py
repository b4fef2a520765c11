from django.urls import path

from logistics.portal import views

app_name = "portal"

urlpatterns = [
    path("partner/", views.home, name="home"),
    path("partner/<str:code>/", views.overview, name="overview"),
    path("partner/<str:code>/coming/", views.coming, name="coming"),
    path("partner/<str:code>/stock/", views.stock, name="stock"),
    path("partner/<str:code>/orders/", views.orders, name="orders"),
    path("partner/<str:code>/orders/new/", views.order_new, name="order_new"),
    path("partner/<str:code>/orders/<uuid:public_id>/", views.order, name="order"),
    path("partner/<str:code>/orders/<uuid:public_id>/change/", views.order_edit, name="order_edit"),
    path("partner/<str:code>/orders/<uuid:public_id>/cancel/", views.order_cancel, name="order_cancel"),
    path("partner/<str:code>/deliveries/<uuid:public_id>/", views.delivery, name="delivery"),
    path("partner/<str:code>/keys/", views.keys, name="keys"),
    path("partner/<str:code>/keys/<int:pk>/rotate/", views.key_rotate, name="key_rotate"),
    path("partner/<str:code>/keys/<int:pk>/revoke/", views.key_revoke, name="key_revoke"),
]
