"""Reading problems."""

from __future__ import annotations

import json

from django.http import HttpResponse


def refused(answer: HttpResponse, status: int, code: str) -> dict[str, list[dict[str, str]]]:
    """``answer`` is that problem, in both languages; its errors by field."""
    content = json.loads(answer.content)
    assert (answer.status_code, content["code"]) == (status, code), content
    assert answer["Content-Type"] == "application/problem+json"
    assert content["type"] == f"urn:foodbank:problem:{code}"
    assert content["status"] == status
    assert content["title"] == content["title_ja"] != content["title_en"]
    return content["errors"]
