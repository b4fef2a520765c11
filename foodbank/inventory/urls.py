from django.urls import path

from foodbank.inventory.views import labels, lots

app_name = "inventory"

urlpatterns = [
    path("q/", labels.find, name="find"),
    path("q/<str:code>", labels.code_page, name="code"),
    path("day/<day:day>/labels.pdf", labels.labels_pdf, name="labels_pdf"),
    path("lots/<str:code>/", lots.lot_rules, name="lot_rules"),
    path("lots/<str:code>/hold/", lots.lot_hold, name="lot_hold"),
    path("lots/<str:code>/unhold/", lots.lot_unhold, name="lot_unhold"),
    path("lots/<str:code>/release/", lots.release_request, name="release_request"),
    path("lots/<str:code>/release/<int:pk>/grant/", lots.release_grant, name="release_grant"),
]
