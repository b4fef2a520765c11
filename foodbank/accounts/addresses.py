"""From which network address a request comes."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The one that the proxy in front saw, when there is one: the last of ``X-Forwarded-For``, since what stands before it is the
    client's own word."""
    own: str | None = request.META.get("REMOTE_ADDR")
    if not settings.BEHIND_PROXY:
        return own
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(forwarded))
    except ValueError:
        return own
