"""What commands share: how a refusal ends them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import OutputWrapper

from foodbank.core.errors import InputRefused, Refusal


@contextmanager
def refusals_exit_2(stderr: OutputWrapper) -> Iterator[None]:
    """A refusal inside ends the program with exit code 2 and one line per problem on ``stderr``; faults go on as they are."""
    try:
        yield
    except InputRefused as refusal:
        for problem in refusal.problems:
            stderr.write(str(problem))
        sys.exit(2)
    except Refusal as refusal:
        stderr.write(str(refusal.text))
        sys.exit(2)
