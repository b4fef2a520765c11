from django.urls import path

from logistics.dispatch import views

app_name = "dispatch"

urlpatterns = [
    path("day/", views.today, name="today"),
    path("day/<day:day>/", views.day_page, name="day"),
    path("day/<day:day>/plan/", views.plan_start, name="plan_start"),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("jobs/<int:pk>/stop/", views.job_stop, name="job_stop"),
    path("plans/<int:pk>/publish/", views.publish, name="publish"),
    path("plans/<int:pk>/plan.json", views.plan_json, name="plan_json"),
    path("stops/<str:code>/", views.stop, name="stop"),
]
