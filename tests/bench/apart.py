"""Measuring in a process of its own, on a database of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def in_process(database: Path, program: str) -> str:
    """What ``program`` prints in a process of its own that has set up Django on ``database``."""
    env = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{database}",
        "VAR_DIR": str(database.parent),
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "foodbank.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {program}"], env=env, check=True, stdout=subprocess.PIPE
    )
    return done.stdout.decode()


def measured(database: Path, module: str, *arguments: str) -> dict[str, Any]:
    """The row that ``main`` of ``module`` prints last, as JSON; it is shown at once."""
    said = in_process(database, f"from {module} import main; raise SystemExit(main({list(arguments)}))")
    row: dict[str, Any] = json.loads(said.strip().splitlines()[-1])
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()
    return row
