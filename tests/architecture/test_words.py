"""Words and traces that must not be in the project."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_TEXT = {".py", ".md", ".html", ".css", ".js", ".toml", ".txt", ".po", ".sh", ".json", ".yml", ".example", ".csv", ""}


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        return [path for path in ROOT.rglob("*") if path.is_file() and not {".venv", "var", ".git"} & set(path.parts)]
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def _found(pattern: str, *, only: tuple[str, ...] = ()) -> list[str]:
    expression = re.compile(pattern)
    hits = []
    for path in _tracked():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix not in _TEXT or "/vendor/" in name or path == Path(__file__) or not path.is_file():
            continue
        if only and not name.startswith(only):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if expression.search(line):
                hits.append(f"{name}:{number}: {line.strip()[:100]}")
    return hits


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("unfinished work", r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError"),
        ("a path of one machine", r"(?<![\w.])/(root|home/\w+|w[o]rk)/"),
        ("an address of a package registry", r"(?i)\b(pypi|npmjs|pythonhosted)\.(org|com)\b"),
        ("a left-over of a merge", r"^(<{7}|>{7})( |$)"),
    ],
)
def test_no_traces(what: str, pattern: str) -> None:
    assert _found(pattern) == [], what


def test_no_page_calls_anybody_poor() -> None:
    assert _found(r"困窮|貧困", only=("templates/", "foodbank/locale/", "foodbank/static/")) == []
