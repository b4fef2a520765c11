"""Every error as a problem (RFC 9457): stable ``type`` and ``code``, Japanese and English."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from foodbank.core.device import PROBLEM_TYPE, problem_content
from foodbank.core.errors import FieldsRefused, Refusal, Text

logger = logging.getLogger(__name__)

# Where a name of ours stands in what programs send.
_NAMES = {"window_from": "window.from", "window_until": "window.until"}

_KNOWN: tuple[tuple[type[Exception], int, str, Text], ...] = (
    (exceptions.NotAuthenticated, 401, "auth.missing",
     Text("APIキーが必要です（Authorization: Bearer …）。", "An API key is needed (Authorization: Bearer …).")),
    (exceptions.AuthenticationFailed, 401, "auth.invalid_key",
     Text("このAPIキーは使えません。新しいキーを発行してください。", "This API key is not valid. Issue a new one.")),
    (exceptions.PermissionDenied, 403, "auth.scope",
     Text("このAPIキーは見るだけのものです。注文できるキーを使ってください。",
          "This API key may only read. Use one that may order.")),
    (exceptions.NotFound, 404, "request.not_found", Text("見つかりません。", "Not found.")),
    (exceptions.MethodNotAllowed, 405, "request.method",
     Text("このアドレスでは使えないメソッドです。", "This method is not allowed at this address.")),
    (exceptions.NotAcceptable, 406, "request.not_acceptable",
     Text("返せるのは application/json だけです。", "Only application/json can be answered.")),
    (exceptions.UnsupportedMediaType, 415, "request.media_type",
     Text("本文は application/json で送ってください。", "Send the body as application/json.")),
    (exceptions.ParseError, 400, "request.not_json", Text("本文をJSONとして読めません。", "The body is not JSON.")),
    (exceptions.Throttled, 429, "request.too_many",
     Text("回数が多すぎます。Retry-After の秒数だけ待ってください。", "Too many requests. Wait for Retry-After seconds.")),
    (RequestDataTooBig, 413, "request.too_large", Text("本文が大きすぎます。", "The body is too large.")),
)  # fmt: skip
_FAULT = Text("こちらの不具合です。時間をおいて、もう一度お試しください。", "Something went wrong on our side. Try again later.")


class BodyRefused(Refusal):
    """The body, or the query string, is not of the described form; ``errors`` says where and why, in both languages."""

    status = 400

    def __init__(self, errors: Mapping[str, Sequence[Text]]) -> None:
        self.errors = dict(errors)
        super().__init__(
            "request.invalid",
            Text("送られた内容に誤りがあります。errors を見てください。", "The request is not valid. See errors."),
            params={"fields": sorted(self.errors)},
        )


def handle(problem: Exception, context: Mapping[str, Any]) -> Response:
    """What rest_framework calls for whatever a view raises."""
    if isinstance(problem, Refusal):
        return answer(problem)
    if isinstance(problem, Http404):
        problem = exceptions.NotFound()
    elif isinstance(problem, PermissionDenied):
        problem = exceptions.PermissionDenied()
    for kind, status, code, text in _KNOWN:
        if isinstance(problem, kind):
            return _known(problem, Refusal(code, text, status=status))
    request = context["request"]
    logger.exception("unhandled fault in %s", type(context.get("view")).__name__, exc_info=problem)
    got_request_exception.send(sender=None, request=getattr(request, "_request", request))
    return answer(Refusal("fault", _FAULT, status=500))


def answer(refusal: Refusal) -> Response:
    """``refusal`` as a problem; ``errors`` by field, empty when it is not about fields."""
    return Response({**problem_content(refusal), "errors": errors_of(refusal)}, status=refusal.status, content_type=PROBLEM_TYPE)


def errors_of(refusal: Refusal) -> dict[str, list[dict[str, str]]]:
    fields: dict[str, Sequence[Text]] = {}
    if isinstance(refusal, BodyRefused):
        fields = refusal.errors
    elif isinstance(refusal, FieldsRefused):
        fields = {_NAMES.get(name, name): [text] for name, text in refusal.fields.items()}
    return {name: [{"ja": text.ja, "en": text.en} for text in texts] for name, texts in fields.items()}


def _known(problem: Exception, refusal: Refusal) -> Response:
    wait = getattr(problem, "wait", None)
    if wait is not None:
        refusal.params = {"retry_after_s": math.ceil(wait)}
    response = answer(refusal)
    if wait is not None:
        response["Retry-After"] = str(math.ceil(wait))
    challenge = getattr(problem, "auth_header", None)
    if challenge:
        response["WWW-Authenticate"] = challenge
    return response
