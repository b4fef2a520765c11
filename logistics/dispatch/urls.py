from django.urls import path

from logistics.dispatch.views import day

app_name = "dispatch"

urlpatterns = [
    path("day/", day.today, name="today"),
    path("day/<day:day>/", day.day_page, name="day"),
    path("day/<day:day>/plan/", day.plan_start, name="plan_start"),
    path("jobs/<int:pk>/", day.job, name="job"),
    path("jobs/<int:pk>/stop/", day.job_stop, name="job_stop"),
    path("plans/<int:pk>/publish/", day.publish, name="publish"),
    path("plans/<int:pk>/plan.json", day.plan_json, name="plan_json"),
    path("stops/<str:code>/", day.stop, name="stop"),
]
