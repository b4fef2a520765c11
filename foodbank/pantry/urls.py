from django.urls import path

from foodbank.pantry.views import desk, door, gate, guest, households

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
    # the gate
    path("gate/", gate.check_in, name="check_in"),
    path("gate/<int:pk>/", gate.check_in_day, name="check_in_day"),
    path("gate/<int:pk>/list/", gate.check_in_list, name="check_in_list"),
    path("gate/<int:pk>/book/", gate.check_in_book, name="check_in_book"),
    path("gate/<int:pk>/walk-in/", gate.check_in_walk_in, name="check_in_walk_in"),
    path("gate/bookings/<int:pk>/", gate.check_in_booking_page, name="check_in_booking"),
    path("gate/bookings/<int:pk>/arrived/", gate.arrived, name="check_in_arrived"),
    path("gate/bookings/<int:pk>/handed-over/", gate.handed_over, name="check_in_handed_over"),
    path("gate/bookings/<int:pk>/absent/", gate.absent, name="check_in_absent"),
    path("gate/bookings/<int:pk>/parcel/", gate.packed, name="check_in_packed"),
    path("gate/bookings/<int:pk>/allergies/", gate.allergies, name="check_in_allergies"),
    path("gate/bookings/<int:pk>/lots/", gate.lot_added, name="check_in_lot"),
    path("gate/lines/<int:pk>/remove/", gate.line_removed, name="check_in_line_remove"),
    # the desk
    path("pickup-days/", desk.pickup_days, name="pickup_days"),
    path("pickup-days/new/", desk.pickup_day_new, name="pickup_day_new"),
    path("pickup-days/figures/", desk.figures, name="figures"),
    path("pickup-days/<int:pk>/", desk.pickup_day, name="pickup_day"),
    path("pickup-days/<int:pk>/times/", desk.day_times, name="pickup_day_times"),
    path("pickup-days/<int:pk>/slots/", desk.slot_new, name="pickup_day_slot"),
    path("pickup-days/<int:pk>/session/", desk.session_edit, name="pickup_day_session"),
    path("pickup-days/slots/<int:pk>/", desk.slot_edit, name="slot_edit"),
    # the registrar
    path("households/", households.households, name="households"),
    path("households/new/", households.household_new, name="household_new"),
    path("households/links/", households.registration_links, name="registration_links"),
    path("households/links/<int:pk>/end/", households.registration_link_end, name="registration_link_end"),
    path("households/<int:pk>/", households.household, name="household"),
    path("households/<int:pk>/edit/", households.household_edit, name="household_edit"),
    path("households/<int:pk>/contact/", households.contact, name="household_contact"),
    path("households/<int:pk>/contact/edit/", households.contact_edit, name="household_contact_edit"),
    path("households/<int:pk>/check/", households.eligibility, name="household_check"),
    path("households/<int:pk>/link/", households.link_new, name="household_link"),
    path("households/<int:pk>/links/end/", households.links_end, name="household_links_end"),
    path("households/<int:pk>/forget/", households.household_forget, name="household_forget"),
]
