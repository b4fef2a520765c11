"""The suite does not pass over a part that could not run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.tools import process
from tests.run import Counts


def _run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.run", *arguments],
        cwd=process.ROOT,
        env={**os.environ, "ALLOW_MISSING": "", **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def without_browser(tmp_path: Path) -> dict[str, str]:
    """No program on the path (so no apt-get either), no browser of Playwright's, and nowhere to get one from."""
    return {
        "PATH": "",
        "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path),
        "PLAYWRIGHT_DOWNLOAD_HOST": f"http://127.0.0.1:{process.free_port()}",
    }


def test_a_missing_browser_fails_the_run_and_says_how_to_get_one(without_browser: dict[str, str]) -> None:
    done = _run("browser", **without_browser)
    assert done.returncode == 1
    assert "apt-get install chromium-headless-shell" in done.stdout
    assert "browser did not run" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("==== 0 passed in ")


def test_a_missing_browser_may_be_allowed(without_browser: dict[str, str]) -> None:
    done = _run("browser", ALLOW_MISSING="browser", **without_browser)
    assert (done.returncode, "[browser] did not run" in done.stdout) == (0, True)


@pytest.mark.parametrize("arguments, allowed", [(("nothing",), ""), ((), "postgres,brwser")])
def test_a_misspelt_part_is_refused(arguments: tuple[str, ...], allowed: str) -> None:
    assert _run(*arguments, ALLOW_MISSING=allowed).returncode == 2


def test_parts_are_added_up(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite tests="10" failures="2" errors="1" skipped="3"/></testsuites>', encoding="ascii")
    counts = Counts()
    counts.add(report)
    counts.add(report)
    assert str(counts) == "4 failed, 8 passed, 6 skipped, 2 errors"  # twice: 10 - 2 - 1 - 3 = 4 passed


def test_a_part_that_left_no_report_is_an_error(tmp_path: Path) -> None:
    counts = Counts()
    counts.add(tmp_path / "none.xml")
    assert str(counts) == "0 passed, 1 errors"
