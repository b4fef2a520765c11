"""Where the database is when nothing, or something, is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

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


def _mail(monkeypatch: pytest.MonkeyPatch, url: str) -> dict[str, object]:
    monkeypatch.setenv("EMAIL_URL", url)
    return env.mail("EMAIL_URL")


def test_without_a_word_mail_is_printed_and_reaches_nobody(monkeypatch: pytest.MonkeyPatch):
    assert str(_mail(monkeypatch, "")["BACKEND"]).endswith("console.EmailBackend")


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://post%40mihon:p%3Aw@mail.example", 587, True, False),
        ("smtps://post%40mihon:p%3Aw@mail.example:1465", 1465, False, True),
        ("smtp+plain://post%40mihon:p%3Aw@mail.example", 25, False, False),
    ],
)
def test_a_mail_server(monkeypatch: pytest.MonkeyPatch, url: str, port: int, tls: bool, ssl: bool):
    found = _mail(monkeypatch, url)
    assert (found["HOST"], found["PORT"], found["USE_TLS"], found["USE_SSL"]) == ("mail.example", port, tls, ssl)
    assert (found["HOST_USER"], found["HOST_PASSWORD"]) == ("post@mihon", "p:w")


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://"])
def test_a_mistyped_mail_server_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch, url: str):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        _mail(monkeypatch, url)
