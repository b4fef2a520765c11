"""Front-end files: what others made is unchanged, nothing is loaded from elsewhere, nothing stands inline that the policy forbids."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "foodbank" / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("folder", [STATIC, ROOT / "tests" / "e2e" / "vendor"], ids=["static", "e2e"])
def test_files_made_by_others_are_as_they_came(folder: Path):
    listed = dict(reversed(line.split(maxsplit=1)) for line in (folder / "SHA256SUMS").read_text().splitlines())
    places = [folder] if folder.name == "vendor" else [folder / "vendor", folder / "fonts"]
    there = {path for place in places for path in place.rglob("*") if path.is_file() and path.name != "SHA256SUMS"}
    assert {(folder / name).resolve() for name in listed} == {path.resolve() for path in there}
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


def test_style_sheets_load_nothing_from_elsewhere():
    for path in STATIC.rglob("*.css"):
        for target in re.findall(r"url\(([^)]*)\)", path.read_text(encoding="utf-8")):
            inside = target.strip("\"'")
            assert "//" not in inside, f"{path.name}: {inside}"
            assert (path.parent / inside).exists(), f"{path.name}: {inside}"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_templates_hold_nothing_that_the_policy_forbids(path: Path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text), "style attribute"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "event attribute"
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "inline script"
    assert not re.search(r"<style", text), "inline style sheet"
    assert not re.search(r"src=[\"'](?:https?:)?//", text), "file from elsewhere"
    for tag in re.findall(r"<[^>]*\bhref=[\"'](?:https?:)?//[^>]*>", text):
        # Only a link that somebody taps may lead away, and it takes nothing along.
        assert tag.startswith("<a "), f"file from elsewhere: {tag}"
        assert 'rel="noopener noreferrer"' in tag, tag
