"""The import picture of ARCHITECTURE.md is there and holds."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def _contracts() -> dict[str, dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    return {contract["id"]: contract for contract in settings["contracts"]}


def _flat(layers: list[str]) -> list[str]:
    return [layer.strip(" ()") for line in layers for layer in line.replace(":", "|").split("|")]


def test_every_contract_is_kept() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert "0 broken" in done.stdout


def test_the_layers_are_those_of_the_architecture() -> None:
    contracts = _contracts()
    assert contracts["packages"]["layers"] == ["api", "logistics", "foodbank"]
    assert _flat(contracts["foodbank"]["layers"]) == [
        "reports", "pantry", "donations", "inventory", "partners", "catalog", "sites", "messaging", "accounts", "labels", "core",
    ]  # fmt: skip
    assert _flat(contracts["logistics"]["layers"]) == [
        "dayfiles",
        "month",
        "portal",
        "sheets",
        "warehouse",
        "dispatch",
        "allocation",
        "fleet",
        "travel",
        "solver",
    ]
    order = ["views", "admin", "tasks", "management", "forms", "services", "selectors", "models", "policies"]
    assert _flat(contracts["app"]["layers"]) == order


def test_every_app_keeps_the_order_inside_an_app() -> None:
    apps = {
        ".".join(folder.parent.relative_to(ROOT).parts)
        for package in ("foodbank", "logistics")
        for folder in (ROOT / package).glob("*/apps.py")
    }
    assert apps == set(_contracts()["app"]["containers"])


def test_no_contract_has_exceptions() -> None:
    assert [name for name, contract in _contracts().items() if contract.get("ignore_imports")] == []


def test_the_verifier_shares_no_code_with_the_search() -> None:
    """It may know the problem and the result, nothing else of ours, and no library that could hide the search."""
    imported = set()
    for node in ast.walk(ast.parse((ROOT / "logistics" / "solver" / "verify.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported |= {
                f"{node.module}.{alias.name}" if node.module == "logistics.solver" else str(node.module) for alias in node.names
            }
        elif isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
    foreign = {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names}
    assert foreign <= {"logistics.solver.problem", "logistics.solver.result"}
