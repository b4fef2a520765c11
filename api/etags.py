"""Changing what one has read: ``ETag`` on reads and writes, ``If-Match`` on changes."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils.http import parse_etags
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from foodbank.core.errors import Refusal, Text


def etag_of(content: Any) -> str:
    """A strong tag: it changes with every byte of what is shown."""
    return f'"{hashlib.sha256(JSONRenderer().render(content)).hexdigest()[:32]}"'


def need_match(request: Request, tag: str) -> None:
    """Refuses ``request.if_match_missing`` (428) and ``request.if_match_stale`` (412)."""
    given = request.headers.get("If-Match", "")
    if not given.strip():
        raise Refusal(
            "request.if_match_missing",
            Text("If-Match に、読んだときの ETag を付けてください。", "Send the ETag that you have read as If-Match."),
            status=428,
        )
    if not {"*", tag} & set(parse_etags(given)):
        raise Refusal(
            "request.if_match_stale",
            Text("読んだあとで変わっています。もう一度読み込んでください。", "It has changed since you read it. Read it again."),
            status=412,
        )
