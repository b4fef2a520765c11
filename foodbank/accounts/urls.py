from django.urls import path

from foodbank.accounts.views import day_codes, links, me, people, signing_in

app_name = "accounts"

urlpatterns = [
    path("login/", signing_in.SignIn.as_view(), name="login"),
    path("logout/", signing_in.SignOut.as_view(), name="logout"),
    path("password/", links.reset, name="reset"),
    path("password/sent/", links.reset_sent, name="reset_sent"),
    path("password/<str:number>/<str:token>/", links.reset_confirm, name="reset_confirm"),
    path("me/", me.me, name="me"),
    path("me/profile/", me.profile, name="profile"),
    path("me/password/", me.password, name="password"),
    path("me/sign-out-everywhere/", me.leave_everywhere, name="leave_everywhere"),
    path("invited/<str:secret>/", links.invited, name="invited"),
    path("invited/<str:secret>/as-me/", links.invited_as_me, name="invited_as_me"),
    path("people/", people.person_list, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/invitations/<int:pk>/revoke/", people.invitation_revoke, name="invitation_revoke"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/roles/", people.grant_new, name="grant_new"),
    path("people/<int:pk>/roles/<int:grant>/renew/", people.grant_renew, name="grant_renew"),
    path("people/<int:pk>/roles/<int:grant>/end/", people.grant_end, name="grant_end"),
    path("people/<int:pk>/password-link/", people.person_link, name="person_link"),
    path("people/<int:pk>/sign-out/", people.person_sign_out, name="person_sign_out"),
    path("people/<int:pk>/lift/", people.person_lift, name="person_lift"),
    path("people/<int:pk>/close/", people.person_close, name="person_close"),
    path("people/<int:pk>/open/", people.person_open, name="person_open"),
    path("day-codes/", day_codes.code_list, name="day_codes"),
    path("day-codes/lift/", day_codes.joining_lift, name="joining_lift"),
    path("day-codes/new/", day_codes.code_new, name="day_code_new"),
    path("day-codes/<int:pk>/", day_codes.code_page, name="day_code"),
    path("day-codes/<int:pk>/poster.pdf", day_codes.code_poster, name="day_code_poster"),
    path("day-codes/<int:pk>/renew/", day_codes.code_renew, name="day_code_renew"),
    path("day-codes/<int:pk>/revoke/", day_codes.code_revoke, name="day_code_revoke"),
    path("join/", day_codes.join, name="join"),
    path("join/<str:code>", day_codes.join, name="join_code"),
]
