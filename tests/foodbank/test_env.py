"""Where the database is when nothing, or something, is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from foodbank import env


def _path(monkeypatch: pytest.MonkeyPatch, url: str, var_dir: Path) -> Path:
    monkeypatch.setenv("DATABASE_URL", url)
    return Path(env.database("DATABASE_URL", var_dir / "project", var_dir=var_dir)["NAME"])


def test_without_a_word_the_database_is_where_the_program_may_write(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """As a service only that folder is writable."""
    odd = tmp_path / "a folder %41"
    assert _path(monkeypatch, "", odd) == odd / "foodbank.sqlite3"


def test_a_named_file_is_taken_from_the_project_or_absolutely(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    assert _path(monkeypatch, "sqlite:///var/x.sqlite3", tmp_path) == tmp_path / "project" / "var" / "x.sqlite3"
    assert _path(monkeypatch, f"sqlite:///{tmp_path}/y.sqlite3", tmp_path) == tmp_path / "y.sqlite3"
