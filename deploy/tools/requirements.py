"""Print what pyproject.toml asks for, one requirement a line: ``python deploy/tools/requirements.py run|dev|bench``."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path


def requirements(level: str) -> list[str]:
    project = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted: list[str] = list(project["dependencies"])
    if level in ("dev", "bench"):
        wanted += project["optional-dependencies"]["dev"]
    if level == "bench":
        wanted += project["optional-dependencies"]["bench"]
    return wanted


if __name__ == "__main__":
    sys.stdout.write("\n".join(requirements(sys.argv[1])) + "\n")
