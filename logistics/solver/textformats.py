"""Reading the public benchmark formats: Li and Lim (PDPTW), Solomon and Gehring-Homberger (VRPTW).

Coordinates are Euclidean; distances become fixed-point integers, rounded up, so that whatever is feasible here is feasible in
double precision. Each node is a site of its own, so nodes at equal coordinates stay separate stops.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from logistics.solver.problem import Problem, Request, Site, Task, Vehicle
from logistics.solver.result import Result

SCALE = 100_000
"""Fixed-point units per unit of the file."""


class FormatError(ValueError):
    """A refused file: ``line`` (1-based, 0 for the file as a whole) and the fault in Japanese and English."""

    def __init__(self, path: str, line: int, japanese: str, english: str) -> None:
        self.path, self.line, self.japanese, self.english = path, line, japanese, english
        super().__init__(f"{path}:{line}: {japanese} / {english}")


@dataclass(frozen=True, slots=True)
class Node:
    """One line of a file, in the file's own units. ``partner`` is the delivery of a pickup, or 0."""

    x: float
    y: float
    demand: float
    ready: float
    due: float
    service: float
    pickup: int = 0
    delivery: int = 0


@dataclass(frozen=True, slots=True)
class Instance:
    """A file's content; node 0 is the depot. ``paired`` tells the PDPTW form."""

    name: str
    vehicles: int
    capacity: float
    paired: bool
    nodes: tuple[Node, ...]

    def distance(self, i: int, j: int) -> float:
        """Euclidean distance in double precision."""
        a, b = self.nodes[i], self.nodes[j]
        return math.hypot(a.x - b.x, a.y - b.y)

    def length(self, route: list[int]) -> float:
        """Length of a route from the depot and back."""
        around = [0, *route, 0]
        return math.fsum(self.distance(i, j) for i, j in pairwise(around))


def read(path: Path) -> Instance:
    """The instance in ``path``; the kind is recognised by content. Raises :class:`FormatError`."""
    name = str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise FormatError(name, 0, "テキストファイルではありません", "not a text file") from None
    except OSError as error:
        raise FormatError(name, 0, "ファイルを読めません", f"cannot be read ({error.strerror})") from None
    lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise FormatError(name, 0, "ファイルが空です", "the file is empty")
    if len(lines[0][1]) == 3 and all(_is_number(x) for x in lines[0][1]):
        return _read_pairs(name, path.stem, lines)
    return _read_solomon(name, lines)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _numbers(path: str, line: int, fields: list[str], count: int) -> list[float]:
    if len(fields) != count:
        raise FormatError(
            path,
            line,
            f"項目が{count}個必要ですが{len(fields)}個あります",
            f"{count} fields expected, {len(fields)} found",
        )
    for field in fields:
        if not _is_number(field):
            raise FormatError(path, line, f"数値ではありません: {field}", f"not a number: {field}")
    values = [float(x) for x in fields]
    if any(abs(x) > 1e7 for x in values):
        raise FormatError(path, line, "数値が大きすぎます", "number out of range")
    return values


def _fleet(path: str, line: int, vehicles: float, capacity: float) -> tuple[int, float]:
    if vehicles < 1 or vehicles != int(vehicles) or vehicles > 100_000:
        raise FormatError(path, line, "車両数は1以上の整数にしてください", "the number of vehicles must be a whole number from 1")
    if capacity < 0:
        raise FormatError(path, line, "積載量が負です", "negative capacity")
    return int(vehicles), capacity


def _whole(path: str, line: int, value: float) -> int:
    if value != int(value) or value < 0:
        raise FormatError(
            path, line, f"番号は0以上の整数にしてください: {value}", f"numbers must be whole and not negative: {value}"
        )
    return int(value)


def _node(path: str, line: int, expected: int, v: list[float]) -> Node:
    if v[0] != expected:
        raise FormatError(path, line, f"番号{expected}が来るはずです", f"number {expected} expected")
    if v[5] < v[4]:
        raise FormatError(path, line, "時間枠が逆です", "the window ends before it starts")
    if v[6] < 0:
        raise FormatError(path, line, "作業時間が負です", "negative service time")
    pairs = [_whole(path, line, x) for x in v[7:]]
    return Node(v[1], v[2], v[3], v[4], v[5], v[6], *pairs)


def _read_pairs(path: str, name: str, lines: list[tuple[int, list[str]]]) -> Instance:
    first, head = lines[0]
    vehicles, capacity = _fleet(path, first, *_numbers(path, first, head, 3)[:2])
    nodes: list[Node] = []
    for line, fields in lines[1:]:
        nodes.append(_node(path, line, len(nodes), _numbers(path, line, fields, 9)))
    if not nodes:
        raise FormatError(path, first, "拠点の行がありません", "the depot's line is missing")
    for (line, _), (number, node) in zip(lines[2:], list(enumerate(nodes))[1:], strict=True):
        _check_pair(path, line, number, node, nodes)
    return Instance(name, vehicles, capacity, True, tuple(nodes))


def _check_pair(path: str, line: int, number: int, node: Node, nodes: list[Node]) -> None:
    if (node.pickup > 0) == (node.delivery > 0):
        raise FormatError(path, line, "集荷か配達のどちらか一方を示してください", "either a pickup or a delivery must be named")
    other = node.delivery or node.pickup
    if other >= len(nodes):
        raise FormatError(path, line, f"番号{other}はありません", f"there is no number {other}")
    back = nodes[other].pickup if node.delivery else nodes[other].delivery
    if back != number:
        raise FormatError(path, line, f"{other}と対になっていません", f"{other} does not name {number} as its partner")
    if node.delivery and node.demand < 0:
        raise FormatError(path, line, "集荷の量が負です", "a pickup needs a positive demand")
    if node.demand + nodes[other].demand != 0:
        raise FormatError(path, line, f"{other}と量が合いません", f"demand does not match {other}'s")


def _read_solomon(path: str, lines: list[tuple[int, list[str]]]) -> Instance:
    name = " ".join(lines[0][1])
    heads = [index for index, (_, fields) in enumerate(lines) if fields[0].upper() == "NUMBER"]
    if not heads or heads[0] + 1 >= len(lines):
        raise FormatError(path, lines[0][0], "PDPTWでもVRPTWでもない形式です", "neither the PDPTW nor the VRPTW format")
    line, fields = lines[heads[0] + 1]
    vehicles, capacity = _fleet(path, line, *_numbers(path, line, fields, 2))
    nodes: list[Node] = []
    for line, fields in lines[heads[0] + 2 :]:
        if not nodes and not _is_number(fields[0]):
            continue
        node = _node(path, line, len(nodes), _numbers(path, line, fields, 7))
        if node.demand < 0:
            raise FormatError(path, line, "需要が負です", "negative demand")
        nodes.append(node)
    if not nodes:
        raise FormatError(path, line, "拠点の行がありません", "the depot's line is missing")
    return Instance(name, vehicles, capacity, False, tuple(nodes))


def _up(value: float) -> int:
    return math.ceil(value * SCALE)


def _down(value: float) -> int:
    return math.floor(value * SCALE)


def _task(site: int, node: Node) -> Task:
    early, late = _up(node.ready), _down(node.due)
    return Task(site, ((min(early, late), late),), _up(node.service))


def problem(instance: Instance, *, fewest_vehicles: bool) -> Problem:
    """The instance as a planning problem; request ``i`` is the ``i``-th of :func:`nodes_of`."""
    nodes = instance.nodes
    xy = np.array([(n.x, n.y) for n in nodes])
    apart = np.hypot(xy[:, None, 0] - xy[None, :, 0], xy[:, None, 1] - xy[None, :, 1])
    matrix = np.ceil(apart * SCALE).astype(np.int64)
    depot = nodes[0]
    start, end = _up(depot.ready), _down(depot.due)
    requests = []
    for pick, drop in nodes_of(instance):
        grams = _up(abs(nodes[drop].demand))
        loading = Task(0, ((start, start),)) if pick == 0 else _task(pick, nodes[pick])
        requests.append(Request(str(drop), loading, _task(drop, nodes[drop]), (grams, 0, 0)))
    longest = int(matrix.max()) * (2 * len(nodes) + 2) + 1
    capacity = (_down(instance.capacity), 0, 0)
    vehicle = Vehicle("", 0, 0, start, max(end, start), capacity, fixed_cost=longest if fewest_vehicles else 0)
    # one vehicle a request at most; no pair is ever split
    count = min(instance.vehicles, max(len(requests), 1))
    return Problem(
        sites=tuple(Site(str(i), 0) for i in range(len(nodes))),
        vehicles=(vehicle,) * count,
        requests=tuple(requests),
        travel_s=matrix,
        travel_m=matrix,
        mandatory_penalty=longest * 4,
        name=instance.name,
    )


def nodes_of(instance: Instance) -> list[tuple[int, int]]:
    """(pickup node, delivery node) per request; the pickup is 0 for deliveries from the depot."""
    if not instance.paired:
        return [(0, i) for i in range(1, len(instance.nodes))]
    return [(i, n.delivery) for i, n in enumerate(instance.nodes) if n.delivery > 0]


def routes_of(instance: Instance, result: Result) -> list[list[int]]:
    """The plan as lists of node numbers, the depot left out."""
    pairs = nodes_of(instance)
    routes = []
    for route in result.routes:
        numbers: list[int] = []
        for stop in route.stops:
            numbers += [pairs[q][1] for q in stop.deliveries]
            numbers += [pairs[q][0] for q in stop.pickups if pairs[q][0] > 0]
        routes.append(numbers)
    return routes
