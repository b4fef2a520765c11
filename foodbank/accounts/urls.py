from django.urls import path

from foodbank.accounts.views import me, signing_in

app_name = "accounts"

urlpatterns = [
    path("login/", signing_in.SignIn.as_view(), name="login"),
    path("logout/", signing_in.SignOut.as_view(), name="logout"),
    path("me/", me.me, name="me"),
]
