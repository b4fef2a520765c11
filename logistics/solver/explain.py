"""Why a request is left out."""

from __future__ import annotations

from dataclasses import dataclass

from logistics.solver.problem import Problem
from logistics.solver.result import Result


@dataclass(frozen=True, slots=True)
class Fix:
    """The smallest change that was tried and serves the request: ``amount`` ``unit`` of ``kind`` at ``subject``."""

    kind: str
    subject: str
    amount: int
    unit: str
    from_s: int | None = None
    until_s: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    fix: Fix | None = None


def explain_all(
    problem: Problem, result: Result, *, seconds: float | None = None, work: int | None = None, seed: int = 1
) -> dict[int, Reason]:
    return {index: Reason("no_time_left") for index in result.unserved}
