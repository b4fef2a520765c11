"""Asking a server of our own for JSON: no proxy, no redirect, and never longer than allowed."""

from __future__ import annotations

import http.client
import json
import queue
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from logistics.travel.provider import ProviderDown

MOST_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Answer:
    """``document`` is ``None`` where the body is no JSON (an error page in front of the server)."""

    status: int
    document: Any


def ask(url: str, *, until: float, body: Mapping[str, Any] | None = None) -> Answer:
    """``GET``, or ``POST`` of ``body`` as JSON. Raises :class:`ProviderDown` when there is no answer by ``until`` (monotonic), whichever
    part of the way it is that takes long: a socket's own timeout starts anew with every byte and does not cover looking up a name."""
    left = until - time.monotonic()
    if left <= 0:
        raise ProviderDown("timeout")
    answers: queue.SimpleQueue[Answer | ProviderDown] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put(_answer(url, left, body))
        except TimeoutError:
            answers.put(ProviderDown("timeout"))
        except (OSError, http.client.HTTPException, ValueError) as error:
            answers.put(ProviderDown("refused", type(error).__name__))

    threading.Thread(target=work, name="travel", daemon=True).start()
    try:
        answer = answers.get(timeout=left)
    except queue.Empty:
        raise ProviderDown("timeout") from None
    if isinstance(answer, ProviderDown):
        raise answer
    if answer.status >= http.client.INTERNAL_SERVER_ERROR:
        raise ProviderDown("fault", str(answer.status))
    return answer


def _answer(url: str, seconds: float, body: Mapping[str, Any] | None) -> Answer:
    parts = urlsplit(url)
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=seconds)
    try:
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        if body is None:
            connection.request("GET", target, headers={"Accept": "application/json"})
        else:
            headers = {"Accept": "application/json", "Content-Type": "application/json"}
            connection.request("POST", target, body=json.dumps(body, separators=(",", ":")), headers=headers)
        response = connection.getresponse()
        content = response.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            return Answer(response.status, None)
        try:
            return Answer(response.status, json.loads(content))
        except (ValueError, RecursionError):
            return Answer(response.status, None)
    finally:
        connection.close()
