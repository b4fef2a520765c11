"""Clients that keep one connection each and send what is in the list until it is empty or the time is up."""

from __future__ import annotations

import http.client
import math
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """A POST; ``status`` is the answer that counts as done."""

    path: str
    body: bytes
    headers: Mapping[str, str]
    status: int


@dataclass(frozen=True, slots=True)
class Measured:
    """``seconds`` are those of the single answers, in order of size; ``other`` counts answers that were not what was expected."""

    name: str
    clients: int
    took_s: float
    seconds: Sequence[float]
    other: Mapping[str, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.took_s if self.took_s else 0.0

    def percentile_ms(self, percent: int) -> float:
        """The nearest-rank percentile, in milliseconds."""
        if not self.seconds:
            return 0.0
        return 1000 * self.seconds[max(0, math.ceil(len(self.seconds) * percent / 100) - 1)]

    def numbers(self) -> dict[str, object]:
        return {
            "requests": len(self.seconds),
            "clients": self.clients,
            "per_second": round(self.per_second, 1),
            "p50_ms": round(self.percentile_ms(50), 1),
            "p95_ms": round(self.percentile_ms(95), 1),
            "slowest_ms": round(self.percentile_ms(100), 1),
            "other": dict(self.other),
        }


def warm_up(address: str, queues: Sequence[Sequence[Request]]) -> None:
    """Each client looks at the page that it will send to, a few times at once, so that every worker has loaded what it needs."""

    def look(request: Request) -> None:
        host = urlsplit(address)
        connection = http.client.HTTPConnection(host.hostname or "", host.port, timeout=60)
        headers = {name: value for name, value in request.headers.items() if name in ("Cookie", "Authorization")}
        connection.request("GET", request.path, headers=headers)
        connection.getresponse().read()
        connection.close()

    threads = [threading.Thread(target=look, args=(queue[0],), daemon=True) for queue in queues if queue for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def send_all(name: str, address: str, queues: Sequence[Sequence[Request]], *, seconds: float) -> Measured:
    """One client for each of ``queues``, all at once, for ``seconds`` at most."""
    gate = threading.Barrier(len(queues) + 1)
    took: list[list[float]] = [[] for _ in queues]
    other: list[Counter[str]] = [Counter() for _ in queues]
    deadline = [0.0]

    def work(index: int, waiting: deque[Request]) -> None:
        host = urlsplit(address)
        connection = http.client.HTTPConnection(host.hostname or "", host.port, timeout=30)
        connection.connect()
        gate.wait()
        while waiting and time.monotonic() < deadline[0]:
            request = waiting.popleft()
            begun = time.monotonic()
            try:
                connection.request("POST", request.path, request.body, dict(request.headers))
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as fault:
                other[index][type(fault).__name__] += 1
                connection.close()
                continue
            if answer.status == request.status:
                took[index].append(time.monotonic() - begun)
            else:
                other[index][str(answer.status)] += 1
        connection.close()

    threads = [threading.Thread(target=work, args=(index, deque(queue)), daemon=True) for index, queue in enumerate(queues)]
    for thread in threads:
        thread.start()
    begun = time.monotonic()
    deadline[0] = begun + seconds
    gate.wait()
    for thread in threads:
        thread.join()
    return Measured(
        name, len(queues), time.monotonic() - begun, sorted(one for many in took for one in many), sum(other, Counter())
    )
