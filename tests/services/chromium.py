"""A Chromium to drive: the system's, Debian's, else Playwright's own.

The headless shell comes first: the same engine without windows around it, which makes pages at a fifth of the cost.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from deploy.tools import process

HOW = (
    "Chromium: `apt-get install chromium-headless-shell fonts-morisawa-bizud-gothic` (root), or `.venv/bin/playwright install chromium`, "
    "or run the rest with ALLOW_MISSING=browser"
)
ARGUMENTS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # No page of a test depends on what a name server far away says, or how soon.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)


def arguments() -> list[str]:
    return [*ARGUMENTS, *(["--no-sandbox"] if process.is_root() else [])]


def find() -> Path | None:
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome"):
        if found := shutil.which(name):
            return Path(found)
    # Asked in a process of its own: Playwright's event loop must not outlive the question.
    script = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    own = Path(done.stdout.strip() or "/nonexistent")
    return own if own.exists() else None


def provide() -> Path:
    """Find the browser or install it. Raises :class:`process.MissingService`."""
    found = find()
    if found is None and process.apt_install("chromium-headless-shell", "fonts-morisawa-bizud-gothic"):
        found = find()
    if found is None:
        process.say("playwright install chromium")
        extra = ["--with-deps"] if process.is_root() else []
        subprocess.run([sys.executable, "-m", "playwright", "install", *extra, "chromium"], timeout=900, check=False)
        found = find()
    if found is None:
        raise process.MissingService(HOW)
    return found
