"""What phones post: each request carries a number made on the phone, and a repeat gets the first answer (R4)."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse

from foodbank.core.errors import Refusal
from foodbank.core.forms import own_language
from foodbank.core.idempotency import Answer, fingerprint, once

P = ParamSpec("P")
FIELD = "client_id"
"""The hidden field of a form that does what the header ``Idempotency-Key`` does for a script."""
TIME_FIELD = "device_time"
PROBLEM_TYPE = "application/problem+json"
_KEPT_HEADERS = ("Location", "HX-Redirect")
_KEYS = uuid.UUID("6c1f0a5e-5a0f-4a53-9d0f-6b2f4b1a77d0")


@dataclass(frozen=True, slots=True)
class Sent:
    """What the device says of its request: the number for ledger rows, and its own clock (``None``: not said, or unreadable)."""

    client_id: uuid.UUID
    device_time: dt.datetime | None


def sent_by(request: HttpRequest) -> Sent:
    """For views under :func:`repeatable`. A key that is no UUID stands for one, the same one each time."""
    key = _key(request)
    try:
        client_id = uuid.UUID(key)
    except ValueError:
        client_id = uuid.uuid5(_KEYS, f"{request.user.pk}:{key}")
    try:
        said = dt.datetime.fromisoformat(request.POST.get(TIME_FIELD, ""))
    except ValueError:
        return Sent(client_id, None)
    return Sent(client_id, said if said.tzinfo else None)


def uuid7() -> uuid.UUID:
    """A number that sorts by time, for the hidden field of pages without a script."""
    millis = time.time_ns() // 1_000_000
    random = secrets.randbits(74)
    return uuid.UUID(int=millis << 80 | 7 << 76 | random >> 62 << 64 | 2 << 62 | random & (1 << 62) - 1)


def wants_json(request: HttpRequest) -> bool:
    """Was it sent by our script, which shows the answer itself? Otherwise a page is expected."""
    return request.headers.get("Accept", "").startswith("application/json")


def repeatable(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """For views that create or move something, inside the guard of the role. GET passes through.

    The key is per account, so that two phones cannot meet. A refusal (422, 409, 400) raised by the view is answered as problem JSON;
    what is refused leaves nothing behind and gets the same answer again.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        if not request.user.is_authenticated:
            raise PermissionDenied  # strangers have no account, so one would get the other's answer
        key = _key(request)
        scope = f"user:{request.user.pk}"
        sent = fingerprint((request.method or "").encode(), request.get_full_path().encode(), _content(request))
        try:
            answer = once(scope=scope, key=key, fingerprint=sent, run=lambda: _answer(view, request, *args, **kwargs))
        except Refusal as refusal:
            return problem(refusal)
        response = _response(answer)
        if answer.replayed:
            response["Idempotency-Replayed"] = "true"
        return response

    return guarded


def problem(refusal: Refusal) -> JsonResponse:
    """RFC 9457, for scripts on our own pages; the API has its own door."""
    return JsonResponse(problem_content(refusal), status=refusal.status, content_type=PROBLEM_TYPE)


def problem_content(refusal: Refusal) -> dict[str, Any]:
    """A refusal as RFC 9457 wants it, on every face; ``title`` is in the reader's language."""
    return {
        "type": f"urn:foodbank:problem:{refusal.code}",
        "title": own_language(refusal.text),
        "title_ja": refusal.text.ja,
        "title_en": refusal.text.en,
        "status": refusal.status,
        "code": refusal.code,
        "params": refusal.params,
    }


def _key(request: HttpRequest) -> str:
    return request.headers.get("Idempotency-Key", "") or request.POST.get(FIELD, "")


def _answer(view: Callable[..., HttpResponse], request: HttpRequest, *args: Any, **kwargs: Any) -> Answer:
    try:
        response: HttpResponse = view(request, *args, **kwargs)
    except Refusal as refusal:
        response = problem(refusal)
    headers = {name: response[name] for name in _KEPT_HEADERS if response.has_header(name)}
    return Answer(response.status_code, response.content, response.get("Content-Type", ""), headers)


def _response(answer: Answer) -> HttpResponse:
    """The stored answer as Django has it; one that sends on is followed like any other."""
    if answer.status == HttpResponseRedirect.status_code and "Location" in answer.headers:
        others = {name: value for name, value in answer.headers.items() if name != "Location"}
        return HttpResponseRedirect(answer.headers["Location"], content_type=answer.content_type, headers=others)
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type, headers=answer.headers)


def _content(request: HttpRequest) -> bytes:
    """The body without what changes from one rendering of the same page to the next."""
    if request.content_type not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return request.body
    fields = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    files = sorted((name, hashlib.sha256(one.read()).hexdigest()) for name, many in request.FILES.lists() for one in many)
    for _, many in request.FILES.lists():
        for one in many:
            one.seek(0)
    return repr((fields, files)).encode()
