from django.urls import path

from logistics.dispatch.views import driving

app_name = "driving"

urlpatterns = [
    path("driving/", driving.home, name="home"),
    path("driving/routes/<int:pk>/", driving.route, name="route"),
    path("driving/routes/<int:pk>/take/", driving.take, name="take"),
    path("driving/routes/<int:pk>/seen/", driving.news_seen, name="seen"),
    path("driving/routes/<int:pk>/back/", driving.back, name="back"),
    path("driving/routes/<int:pk>/undo/", driving.undo, name="undo"),
    path("driving/stops/<str:code>/", driving.stop, name="stop"),
    path("driving/stops/<str:code>/arrive/", driving.arrive, name="arrive"),
    path("driving/stops/<str:code>/late/", driving.late, name="late"),
    path("driving/stops/<str:code>/on-time/", driving.on_time, name="on_time"),
    path("driving/stops/<str:code>/load/", driving.load, name="load"),
    path("driving/stops/<str:code>/collect/<int:offer>/", driving.collect, name="collect"),
    path("driving/stops/<str:code>/drop/", driving.drop, name="drop"),
    path("driving/stops/<str:code>/visit/", driving.visit, name="visit"),
    path("driving/stops/<str:code>/finish/", driving.finish, name="finish"),
    path("driving/stops/<str:code>/fail/", driving.fail, name="fail"),
    path("driving/stops/<str:code>/scan/", driving.scan, name="scan"),
]
