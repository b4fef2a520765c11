from django.urls import path

from logistics.warehouse.views import goods, home, labels, receiving, routes

app_name = "warehouse"

urlpatterns = [
    path("warehouse/", home.home_page, name="home"),
    path("warehouse/find/", home.find, name="find"),
    path("warehouse/expiring/", home.expiring_page, name="expiring"),
    path("warehouse/lots/<str:code>/", home.lot_page, name="lot"),
    path("warehouse/lots/<str:code>/label.pdf", labels.lot_label, name="lot_label"),
    path("warehouse/labels.pdf", labels.todays_labels, name="todays_labels"),
    path("warehouse/places/", labels.place_list, name="place_list"),
    path("warehouse/places/labels.pdf", labels.place_labels, name="place_labels"),
    path("warehouse/places/<str:code>/", home.place_page, name="place"),
    path("warehouse/receive/", receiving.receive_list, name="receive_list"),
    path("warehouse/receive/walk-in/", receiving.walk_in, name="walk_in"),
    path("warehouse/receive/<int:pk>/", receiving.receive, name="receive_offer"),
    path("warehouse/receive/<int:pk>/refuse/", receiving.refuse_all, name="refuse_offer"),
    path("warehouse/receive/<int:pk>/close/", receiving.nothing_more, name="close_offer"),
    path("warehouse/move/", goods.move_scan, name="move_scan"),
    path("warehouse/move/<str:code>/", goods.move, name="move"),
    path("warehouse/discard/", goods.discard_scan, name="discard_scan"),
    path("warehouse/discard/<str:code>/", goods.throw_away, name="discard"),
    path("warehouse/count/", goods.count_scan, name="count_scan"),
    path("warehouse/count/<str:code>/", goods.count_lot, name="count"),
    path("warehouse/routes/", routes.route_list, name="routes"),
    path("warehouse/routes/<str:vehicle>/pick/", routes.pick_page, name="pick"),
    path("warehouse/routes/<str:vehicle>/pick/<int:pk>/back/", routes.put_back_page, name="put_back"),
    path("warehouse/routes/<str:vehicle>/load/", routes.load_page, name="load"),
    path("warehouse/routes/<str:vehicle>/unload/", routes.unload, name="unload"),
    path("warehouse/mine/", home.my_work, name="mine"),
    path("warehouse/mine/<int:pk>/", home.correct_page, name="correct"),
]
