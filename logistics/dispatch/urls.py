from django.urls import path

from logistics.dispatch.views import by_hand, call_offs, changes, day, fairness, needs, what_if

app_name = "dispatch"

urlpatterns = [
    path("day/", day.today, name="today"),
    path("day/<day:day>/", day.day_page, name="day"),
    path("day/<day:day>/plan/", day.plan_start, name="plan_start"),
    path("day/<day:day>/replan/", changes.replan, name="replan"),
    path("plans/<int:pk>/changes/", changes.changes, name="changes"),
    path("day/<day:day>/needs/", needs.needs, name="needs"),
    path("day/<day:day>/needs/settle/", needs.settle, name="settle"),
    path("day/<day:day>/drivers/", needs.drivers, name="drivers"),
    path("day/<day:day>/drivers/<int:pk>/", needs.driver_set, name="driver_set"),
    path("day/<day:day>/refused-scans/", needs.refused_scans, name="refused_scans"),
    path("refused-scans/<int:pk>/resolve/", needs.scan_resolve, name="scan_resolve"),
    path("day/<day:day>/call-off/", call_offs.call_offs, name="call_offs"),
    path("day/<day:day>/call-off/<str:kind>/<str:code>/", call_offs.call_off, name="call_off"),
    path("call-offs/<int:pk>/undo/", call_offs.call_off_undo, name="call_off_undo"),
    path("day/<day:day>/fairness/", fairness.fairness, name="fairness"),
    path("day/<day:day>/what-if/", what_if.what_if, name="what_if"),
    path("day/<day:day>/what-if/start/", what_if.what_if_start, name="what_if_start"),
    path("what-if/<int:pk>/", what_if.what_if_result, name="what_if_result"),
    path("what-if/<int:pk>/stop/", what_if.what_if_stop, name="what_if_stop"),
    path("unserved/<int:pk>/look-further/", what_if.look_further, name="look_further"),
    path("notices/", needs.notices, name="notices"),
    path("notices/calls/<int:pk>/done/", needs.call_done, name="call_done"),
    path("notices/calls/<int:pk>/open/", needs.call_open, name="call_open"),
    path("notices/letters/<int:pk>/again/", needs.letter_again, name="letter_again"),
    path("jobs/<int:pk>/", day.job, name="job"),
    path("jobs/<int:pk>/stop/", day.job_stop, name="job_stop"),
    path("plans/<int:pk>/publish/", day.publish, name="publish"),
    path("plans/<int:pk>/plan.json", day.plan_json, name="plan_json"),
    path("plans/<int:pk>/hand/", by_hand.hand, name="hand"),
    path("plans/<int:pk>/hand/edit/", by_hand.hand_edit, name="hand_edit"),
    path("plans/<int:pk>/hand/accept/", by_hand.hand_accept, name="hand_accept"),
    path("stops/<str:code>/", day.stop, name="stop"),
]
