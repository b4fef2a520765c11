"""A partner's own system: JSON over REST with its key, and a key of its own for each thing that it makes."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from typing import Any

from deploy.tools.demo.browser import PageFault


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]
    """Names in small letters."""


class Program:
    def __init__(self, base: str, key: str) -> None:
        self._base, self._key = f"{base}/api/v1/", key

    def get(self, path: str, *, status: int = 200) -> Answer:
        return self._ask("GET", path, None, {}, status)

    def post(self, path: str, body: Any, *, once: str = "", status: int = 201) -> Answer:
        """``once`` is the ``Idempotency-Key``: the same again when the answer was lost, a new one otherwise."""
        return self._ask("POST", path, body, {"Idempotency-Key": once or str(uuid.uuid4())}, status)

    def patch(self, path: str, body: Any, *, if_match: str, status: int = 200) -> Answer:
        return self._ask("PATCH", path, body, {"If-Match": if_match}, status)

    def _ask(self, method: str, path: str, body: Any, headers: dict[str, str], wanted: int) -> Answer:
        """Raises :class:`PageFault` with what the API said when the status is another than ``wanted``."""
        request = urllib.request.Request(
            path if path.startswith("http") else self._base + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._key}", "Content-Type": "application/json", **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, said, facts = answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as fault:
            status, said, facts = fault.code, fault.read(), fault.headers
        if status != wanted:
            raise PageFault(f"{method} {request.full_url}: HTTP {status}: {said.decode(errors='replace')[:600]}")
        return Answer(status, json.loads(said) if said else None, {name.lower(): value for name, value in facts.items()})
