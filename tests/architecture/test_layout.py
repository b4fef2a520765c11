"""The same noun everywhere, small files, and one door for writes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_CODE = ("foodbank", "logistics", "api", "deploy", "tests")
_MOST_LINES = {"tests": 500}  # one machine with all its rules may be one file
_MOST_LINES_OF_CODE = 450
_WRITES = {"save", "create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "delete"}


def _sources(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py")) if "migrations" not in path.parts]


def test_no_file_knows_everything() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in _sources(*_CODE)
        if (lines := len(path.read_text(encoding="utf-8").splitlines()))
        > _MOST_LINES.get(path.relative_to(ROOT).parts[0], _MOST_LINES_OF_CODE)
    }
    assert long == {}


@pytest.mark.parametrize("package", ["foodbank", "logistics"])
def test_each_package_with_code_has_tests_of_the_same_name(package: str) -> None:
    """A package of models and admin alone is tested through those that use it."""
    with_code = {
        folder.name
        for folder in (ROOT / package).iterdir()
        if folder.is_dir() and (set(_names(folder)) - {"__init__", "apps", "admin", "models", "migrations", "urls"})
    }
    tested = {folder.name for folder in (ROOT / "tests" / package).iterdir() if any(folder.rglob("test_*.py"))}
    assert with_code - tested == set()


def _names(folder: Path) -> list[str]:
    return [path.stem for path in folder.iterdir() if path.suffix == ".py" or (path.is_dir() and any(path.rglob("*.py")))]


def test_each_folder_of_tests_mirrors_a_package() -> None:
    strange = [
        folder.relative_to(ROOT).as_posix()
        for package in ("foodbank", "logistics", "api")
        for folder in (ROOT / "tests" / package).iterdir()
        if folder.is_dir() and folder.name != "__pycache__" and not (ROOT / package / folder.name).is_dir()
    ]
    assert strange == []


def test_each_folder_of_templates_is_an_app() -> None:
    apps = {path.parent.name for package in ("foodbank", "logistics") for path in (ROOT / package).glob("*/apps.py")}
    folders = {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()}
    assert folders - apps - {"api", "components", "admin"} == set()


def _public_services() -> list[tuple[str, ast.FunctionDef]]:
    found = []
    for path in _sources("foodbank", "logistics"):
        if "services" in path.relative_to(ROOT).with_suffix("").parts:
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    found.append((f"{path.relative_to(ROOT).as_posix()}:{node.lineno} {node.name}", node))
    return found


def _takes_actor(node: ast.FunctionDef) -> bool:
    return any(argument.arg == "actor" for argument in [*node.args.args, *node.args.posonlyargs, *node.args.kwonlyargs])


def test_services_that_act_take_keywords_only_and_say_what_they_return() -> None:
    acting = [(name, node) for name, node in _public_services() if _takes_actor(node)]
    assert len(acting) > 10
    loose = [name for name, node in acting if node.args.args or node.args.posonlyargs or node.returns is None]
    assert loose == []


def _writes(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _WRITES


@pytest.mark.parametrize("place", ["views.py", "views", "admin.py", "tasks.py", "management"])
def test_the_edge_does_not_write(place: str) -> None:
    """Views, admin, tasks and commands call a service; none saves, creates or deletes rows itself."""
    found = []
    for path in _sources("foodbank", "logistics"):
        if place not in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if _writes(node):
                found.append(f"{path.relative_to(ROOT).as_posix()}:{getattr(node, 'lineno', 0)}")
    assert found == []
