"""Sessions that end when nobody uses them, and what every answer tells the browser."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from foodbank.accounts.access import access_of_user

SEEN = "seen"
_NOTED_EVERY_S = 300

Handler = Callable[[HttpRequest], HttpResponseBase]


class IdleSessions:
    """Signs out who has not been here for 24 hours (P8); coordinators, who see everything, after 12.

    The moment is noted at most every five minutes, so that most requests write nothing."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if SESSION_KEY in request.session:
            now = int(timezone.now().timestamp())
            idle = now - int(request.session.get(SEEN, now))
            if self._too_long(request, idle):
                logout(request)
            elif idle >= _NOTED_EVERY_S or SEEN not in request.session:
                request.session[SEEN] = now
        return self.get_response(request)

    @staticmethod
    def _too_long(request: HttpRequest, idle: int) -> bool:
        if idle > settings.IDLE_LIMIT_HAND_S:
            return True
        # Not access_of: it remembers for the whole request, which goes on without the account.
        return idle > settings.IDLE_LIMIT_DESK_S and access_of_user(request.user).is_coordinator


@receiver(user_logged_in)
def _note_the_beginning(request: HttpRequest, **kwargs: object) -> None:
    if request is not None and hasattr(request, "session"):
        request.session[SEEN] = int(timezone.now().timestamp())


class PrivateAnswers:
    """Nothing that this program answers is kept by a browser or a proxy, unless the view says so itself; and of what a device can
    do, pages may use the camera only."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        return response
