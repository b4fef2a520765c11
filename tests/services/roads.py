"""Stand-ins for servers of driving times, as their official descriptions say that they answer: for what a real one does not do on demand
(faults, garbage, silence), and for Valhalla, whose wheel is too large for the suite. The real OSRM is in ``tests.services.osrm``."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Point = tuple[float, float]
Leg = Callable[[Point, Point], tuple[float, float] | None]  # (seconds, metres), or no way
Reply = tuple[int, Any]  # status and a document, or bytes to send as they are


@dataclass
class Server:
    """``asked`` are the requests so far: path and query, or path and body."""

    url: str = ""
    asked: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def tables(self) -> list[tuple[str, Any]]:
        return [one for one in self.asked if "/table/" in one[0] or "sources_to_targets" in one[0]]


@contextlib.contextmanager
def answering(reply: Callable[[str, Any], Reply]) -> Iterator[Server]:
    """A server on loopback; ``reply`` gets the path and the query's fields (GET) or the JSON body (POST)."""
    known = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._answer(parts.path, {key: values[0] for key, values in parse_qs(parts.query).items()})

        def do_POST(self) -> None:
            self._answer(self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, path: str, said: Any) -> None:
            known.asked.append((path, said))
            status, document = reply(path, said)
            body = document if isinstance(document, bytes) else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    known.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def silent() -> Iterator[str]:
    """Takes connections and never says anything."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextlib.contextmanager
def dripping() -> Iterator[str]:
    """Answers with one more byte of an endless header as soon as the last has been taken, and never ends."""
    over = threading.Event()

    def drip(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Drip: ")
                while not over.wait(0.02):
                    connection.sendall(b"x")

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=drip, args=(listener,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        over.set()
        thread.join(5)


def osrm_like(leg: Leg, *, version: Callable[[], str] = lambda: "", most: int = 100, off: frozenset[Point] = frozenset()) -> Any:
    """As OSRM's table and nearest services answer; ``most`` places a side, ``off`` are far from any road."""

    def reply(path: str, query: dict[str, str]) -> Reply:
        service, _, _, coordinates = path.strip("/").split("/")
        points = [(float(b), float(a)) for a, b in (one.split(",") for one in coordinates.split(";"))]
        dated = {"data_version": version()} if version() else {}
        waypoints = [{"location": [b, a], "distance": 9_000.0 if (a, b) in off else 3.5, "name": ""} for a, b in points]
        if service == "nearest":
            return 200, {"code": "Ok", "waypoints": waypoints, **dated}
        rows = [int(i) for i in query["sources"].split(";")] if "sources" in query else range(len(points))
        columns = [int(i) for i in query["destinations"].split(";")] if "destinations" in query else range(len(points))
        if len(rows) * len(columns) > most * most:
            return 400, {"code": "TooBig", "message": "Too many table coordinates"}
        if len(points) < 2:
            return 400, {"code": "InvalidOptions", "message": "Number of coordinates needs to be at least two."}
        cells = [[(0.0, 0.0) if i == j else leg(points[i], points[j]) for j in columns] for i in rows]
        return 200, {
            "code": "Ok",
            "durations": [[None if c is None else c[0] for c in row] for row in cells],
            "distances": [[None if c is None else c[1] for c in row] for row in cells],
            "sources": [waypoints[i] for i in rows],
            "destinations": [waypoints[j] for j in columns],
            **dated,
        }

    return reply


def valhalla_like(leg: Leg, *, changed: int | None = None, most_pairs: int = 2500, off: frozenset[Point] = frozenset()) -> Any:
    """As Valhalla's sources_to_targets, locate and status answer."""

    def reply(path: str, body: Any) -> Reply:
        if path == "/status":
            return 200, {"version": "3.5.1", **({} if changed is None else {"tileset_last_modified": changed})}
        place = lambda one: (one["lat"], one["lon"])  # noqa: E731
        if path == "/locate":
            roads = [None if place(one) in off else [{"way_id": 1, "side_of_street": "neither"}] for one in body["locations"]]
            return 200, [
                {"input_lat": one["lat"], "input_lon": one["lon"], "edges": edges, "nodes": None}
                for one, edges in zip(body["locations"], roads, strict=True)
            ]
        sources, targets = [place(one) for one in body["sources"]], [place(one) for one in body["targets"]]
        if len(sources) * len(targets) > most_pairs:
            return 400, _fault(150, "Exceeded max locations")
        if off & {*sources, *targets}:
            return 400, _fault(171, "No suitable edges near location")
        cells = [[(0.0, 0.0) if a == b else leg(a, b) for b in targets] for a in sources]
        return 200, {
            "sources_to_targets": [
                [
                    {
                        "from_index": i,
                        "to_index": j,
                        "time": None if cell is None else round(cell[0]),
                        "distance": None if cell is None else cell[1] / 1000,
                    }
                    for j, cell in enumerate(row)
                ]
                for i, row in enumerate(cells)
            ],
            "units": "kilometers",
        }

    return reply


def _fault(code: int, text: str) -> dict[str, Any]:
    return {"error_code": code, "error": text, "status_code": 400, "status": "Bad Request"}
