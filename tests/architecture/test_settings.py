"""Settings are data in one place, and each is documented."""

from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_READERS = {"text", "flag", "number", "choice", "address", "listing", "database", "mail"}


def _read_in_settings() -> set[str]:
    calls = [
        node for node in ast.walk(ast.parse((ROOT / "foodbank" / "settings.py").read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    return {
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in _READERS
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and isinstance(call.args[0], ast.Constant)
    }


def test_the_example_documents_exactly_what_is_read() -> None:
    documented = re.findall(r"^([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(documented) == len(set(documented))
    assert _read_in_settings() >= {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"}
    assert set(documented) == _read_in_settings()


def test_every_variable_has_a_sentence_above_it() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    bare = [line for before, line in itertools.pairwise(lines) if "=" in line and line[0] != "#" and not before.startswith("#")]
    assert bare == []


@pytest.mark.parametrize("package", ["foodbank", "logistics", "api"])
def test_nothing_else_reads_the_environment(package: str) -> None:
    """``DJANGO_SETTINGS_MODULE`` is set where a process starts; bench looks for the public instances."""
    allowed = {
        "foodbank/env.py",
        "foodbank/asgi.py",
        "foodbank/wsgi.py",
        "foodbank/celery.py",
        "logistics/solver/compiled.py",
        "logistics/solver/bench.py",
    }
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8"))
    }
    assert readers - allowed == set()
