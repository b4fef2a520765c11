from django.urls import path

from foodbank.pantry.views import door, guest

app_name = "pantry"

urlpatterns = [
    # recipients: short, neutral addresses
    path("my/", guest.my, name="my"),
    path("my/register/<str:secret>/", door.register, name="register"),
    path("my/link/", door.own_link, name="own_link"),
    path("my/enter/<str:secret>/", door.enter, name="enter"),
    path("my/exit/", door.leave_quickly, name="leave_quickly"),
    path("my/close/", door.close, name="close"),
    path("my/closed/", door.closed, name="closed"),
    path("my/days/<int:pk>/", guest.day, name="day"),
    path("my/days/<int:pk>/together/", guest.get_together, name="get_together"),
    path("my/together/<int:pk>/", guest.session, name="session"),
    path("my/bookings/<int:pk>/", guest.ticket, name="ticket"),
    path("my/bookings/<int:pk>/cancel/", guest.cancel_booking, name="cancel"),
    path("my/bookings/<int:pk>/answers/", guest.feedback, name="feedback"),
    path("my/data/", guest.data, name="data"),
    path("my/data/forget/", door.forget_me, name="forget_me"),
]
