"""POSTs that may come twice (R4): the first answer again, whatever became of the first reply."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import handle
from foodbank.core.errors import Refusal, Text
from foodbank.core.idempotency import Answer, fingerprint, once

HEADER = "Idempotency-Key"
KEY_PATTERN = "^[!-~]+$"
_KEPT = ("Location", "ETag")
Handler = Callable[..., Response]


def idempotent(handler: Handler) -> Callable[..., HttpResponse]:
    """For handlers of POST. Keys are per partner: a program that changes its API key between two attempts still orders once.

    Refuses ``idempotency.key`` (400: missing, not plain ASCII, too long), ``idempotency.other_body`` (422) and
    ``idempotency.in_flight`` (409).
    """

    @wraps(handler)
    def guarded(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get(HEADER, "")
        if not re.fullmatch(KEY_PATTERN, key):
            raise Refusal(
                "idempotency.key",
                Text(
                    f"{HEADER} ヘッダーが必要です（空白のない英数字、例: UUID）。",
                    f"The header {HEADER} is needed: ASCII without blanks, such as a UUID.",
                ),
                status=400,
            )
        sent = fingerprint((request.method or "").encode(), request.get_full_path().encode(), _content(request.body))

        def run() -> Answer:
            try:
                response = handler(view, request, *args, **kwargs)
            except (Refusal, APIException) as problem:
                response = handle(problem, {"view": view, "request": request})
            headers = {name: response[name] for name in _KEPT if response.has_header(name)}
            return Answer(
                response.status_code,
                b"" if response.data is None else JSONRenderer().render(response.data),
                response.content_type or "application/json",
                headers,
            )

        answer = once(scope=f"partner:{view.partner.pk}", key=key, fingerprint=sent, run=run)
        first = HttpResponse(answer.body, status=answer.status, content_type=answer.content_type, headers=answer.headers)
        if answer.replayed:
            first["Idempotency-Replayed"] = "true"
        return first

    return guarded


def _content(body: bytes) -> bytes:
    """The same JSON written differently is the same request."""
    try:
        return json.dumps(json.loads(body), sort_keys=True).encode()
    except (ValueError, RecursionError):
        return body
