"""Who calls: the program behind a partner's key."""

from __future__ import annotations

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from foodbank.accounts.models import User
from foodbank.partners.models import PartnerKey
from foodbank.partners.services.keys import note_use, secret_hash


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer fbk_…``. ``request.auth`` is the key, ``request.user`` the account that its actions name."""

    def authenticate(self, request: Request) -> tuple[User, PartnerKey] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed
        key = (
            PartnerKey.objects.in_force(timezone.now())
            .filter(secret_hash=secret_hash(parts[1].decode("latin-1")), partner__site__active=True)
            .select_related("partner__site", "user")
            .first()
        )
        if key is None:
            raise AuthenticationFailed
        note_use(key=key)
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        invalid = ', error="invalid_token"' if get_authorization_header(request) else ""
        return f'Bearer realm="foodbank"{invalid}'
