"""So many requests a minute and key, that one program gone wild does not take the others' place."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from foodbank.partners.models import PartnerKey

logger = logging.getLogger(__name__)


class KeyThrottle(SimpleRateThrottle):
    """``settings.API_RATE``, counted in the cache: for all processes with a Redis, in each process without."""

    def get_rate(self) -> str:
        return str(settings.API_RATE)

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return f"api-rate-{request.auth.pk}" if isinstance(request.auth, PartnerKey) else None

    def allow_request(self, request: Request, view: Any) -> bool:
        """A cache that is down refuses nobody (R11)."""
        try:
            return bool(super().allow_request(request, view))
        except (RedisError, OSError):
            logger.exception("requests are not counted: the cache does not answer")
            return True
