"""What a key's scope allows. Whose objects it sees is each view's query: another partner's are 404."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from foodbank.partners.models import KeyScope, PartnerKey


class ScopeAllows(BasePermission):
    """Reading needs ``read``, everything else ``order``."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, PartnerKey):
            return False
        return (KeyScope.READ if request.method in SAFE_METHODS else KeyScope.ORDER) in request.auth.scopes
