"""JSON bodies, within limits."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class LimitedJSONParser(JSONParser):
    """At most ``DATA_UPLOAD_MAX_MEMORY_SIZE`` bytes, and no deeper than Python can follow."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        request = (parser_context or {})["request"]
        try:
            return super().parse(io.BytesIO(request._request.body), media_type, parser_context)
        except RecursionError:
            raise ParseError from None
