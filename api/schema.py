"""How the contract (OpenAPI 3.1) is written: what each address takes, answers and refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers

from api.fields import CLOCK_PATTERN, DAY_PATTERN, TEXT_PATTERN
from api.idempotency import KEY_PATTERN
from api.v1.outputs import ProblemOut
from foodbank.core.device import PROBLEM_TYPE
from foodbank.core.idempotency import LONGEST_KEY
from foodbank.core.limits import MAX_LINE_KG

F = TypeVar("F", bound=Callable[..., Any])

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": KEY_PATTERN},
    OpenApiParameter.HEADER,
    required=True,
    description="Made by you for each action (a UUID is good). The same key and body again gets the first answer again, with "
    "`Idempotency-Replayed: true`, for fourteen days.",
)
IF_MATCH = OpenApiParameter(
    "If-Match", {"type": "string", "minLength": 1, "pattern": "^[ -~]+$"}, OpenApiParameter.HEADER, required=True,
    description="The ETag that came with what you have read.",
)  # fmt: skip
ETAG = OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=[200, 201], description="For If-Match.")
_REPLAYED = OpenApiParameter(
    "Idempotency-Replayed", {"type": "string", "enum": ["true"]}, OpenApiParameter.HEADER, response=[200, 201],
    description="Only when this answer was given before.",
)  # fmt: skip
_RETRY_AFTER = OpenApiParameter("Retry-After", int, OpenApiParameter.HEADER, response=[429], description="Seconds to wait.")
_ALWAYS = {
    400: "The request is not of the described form.",
    401: "The key is missing, unknown, expired or revoked.",
    406: "Only application/json can be answered.",
    429: "Too many requests; wait for Retry-After seconds.",
}


def described(
    operation_id: str,
    summary: str,
    text: str,
    *,
    ok: tuple[int, Any],
    query: Any = None,
    body: Any = None,
    headers: Sequence[OpenApiParameter] = (),
    gives: Sequence[OpenApiParameter] = (),
    refused: Mapping[int, str] | None = None,
) -> Callable[[F], F]:
    """One operation, with every error that it may answer as a problem."""
    writes = bool(headers)
    faults = _ALWAYS | dict(refused or {})
    if writes:
        faults |= {403: "The key may only read."}
    if body is not None:
        faults |= {413: "The body is too large.", 415: "The body is not application/json."}
    if IDEMPOTENCY_KEY in headers:
        gives = [*gives, _REPLAYED]
    responses: dict[Any, Any] = {ok[0]: ok[1]}
    for status, why in sorted(faults.items()):
        responses[(status, PROBLEM_TYPE)] = OpenApiResponse(ProblemOut, why)
    return extend_schema(
        operation_id=operation_id,
        summary=summary,
        description=text,
        tags=[operation_id.partition("_")[0]],
        parameters=[*([query] if query else []), *headers, *gives, _RETRY_AFTER],
        request=body,
        responses=responses,
    )


def page_of(item: type[serializers.Serializer[Any]], name: str) -> serializers.Serializer[Any]:
    """A cursor page: ``next`` and ``previous`` are addresses or null."""
    return inline_serializer(
        name,
        {
            "next": serializers.CharField(allow_null=True),
            "previous": serializers.CharField(allow_null=True),
            "results": item(many=True),
        },
    )


class Schema(SpectacularAPIView):
    """JSON unless YAML is asked for."""

    renderer_classes = [OpenApiJsonRenderer2, OpenApiJsonRenderer, OpenApiYamlRenderer]  # noqa: RUF012 - as upstream declares it
    authentication_classes = ()


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = "api.auth.KeyAuthentication"
    name = "partnerKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A key that `manage.py issue_key` or the partner's page gave out.",
        }


class NothingElse(OpenApiSerializerExtension):
    target_class = "api.fields.In"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        mapped = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**mapped, "additionalProperties": False}


class TextScheme(OpenApiSerializerFieldExtension):
    target_class = "api.fields.TextField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        mapped = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        return {**mapped, "pattern": TEXT_PATTERN}


class KilogramsScheme(OpenApiSerializerFieldExtension):
    target_class = "api.fields.KilogramsField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "number", "exclusiveMinimum": 0, "maximum": MAX_LINE_KG, "description": "To the gram: three decimals."}


class DayScheme(OpenApiSerializerFieldExtension):
    target_class = "api.fields.DayField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "string", "format": "date", "pattern": DAY_PATTERN}


class ClockScheme(OpenApiSerializerFieldExtension):
    target_class = "api.fields.ClockField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": CLOCK_PATTERN, "description": "Local time, as 10:00."}
