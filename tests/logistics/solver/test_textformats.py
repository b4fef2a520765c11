"""Reading benchmark files, the command line, and the check in double precision."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from logistics.solver import bench, textformats
from logistics.solver.__main__ import main
from logistics.solver.bench import check
from logistics.solver.search import solve

PAIRS = """3\t10\t1
0\t0\t0\t0\t0\t100\t0\t0\t0
1\t3\t4\t5\t0\t100\t1\t0\t2
2\t6\t8\t-5\t0\t100\t1\t1\t0
3\t3\t4\t6\t0\t100\t1\t0\t4
4\t6\t8\t-6\t0\t100\t1\t3\t0
"""

SOLOMON = """TINY

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.  XCOORD.  YCOORD.  DEMAND  READY TIME  DUE DATE  SERVICE TIME

    0      0         0         0          0        100          0
    1      3         4         6          0        100         10
    2      3         4         4          0        100         10
"""


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.txt"
    path.write_text(PAIRS)
    return path


def test_pairs_at_one_place_stay_separate_stops(pairs: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    assert main([str(pairs), "--work", "50", "--json", str(out)]) == 0
    # 5 to the pickups, 5 to the deliveries, 10 back; 5 + 6 is over the capacity of 10, so it is driven twice by one vehicle:
    # 5 + 5 + 5 + 5 + 10 = 30
    assert capsys.readouterr().out == "1 30.0000\n"
    document = json.loads(out.read_text())
    assert (document["vehicles"], document["distance"]) == (1, 30.0)
    assert document["routes"] in ([[1, 2, 3, 4]], [[3, 4, 1, 2]])


def test_solomon_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tiny.txt"
    path.write_text(SOLOMON.replace("\n", "\r\n"))
    assert main([str(path), "--work", "50"]) == 0
    assert capsys.readouterr().out == "1 10.0000\n"


def test_depot_is_not_used_to_load_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tiny.txt"
    path.write_text(SOLOMON.replace("        4          0", "        5          0"))
    # 6 + 5 is over 10: two vehicles, though one could drive twice
    assert main([str(path), "--work", "50"]) == 0
    assert capsys.readouterr().out == "2 20.0000\n"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("\t100\t1\t0\t2", "\t100\t1\t0\t9"), 3),
        (("\t-5\t", "\t-4\t"), 3),
        (("3\t10\t1", "0\t10\t1"), 1),
        (("2\t6\t8", "7\t6\t8"), 4),
        (("1\t3\t4\t5", "1\tx\t4\t5"), 3),
        (("1\t3\t4\t5", "1\t3\tnan\t5"), 3),
        (("\t100\t1\t3\t0", "\t100\t1\t3"), 6),
        (("4\t6\t8\t-6\t0\t100", "4\t6\t8\t-6\t200\t100"), 6),
        (("4\t6\t8\t-6\t0\t100\t1", "4\t6\t8\t-6\t0\t100\t-1"), 6),
        (("1\t0\t2\n", "1\t0\t2.5\n"), 3),
    ],
)
def test_refused_with_file_and_line(change: tuple[str, str], line: int, pairs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = PAIRS.replace(*change, 1)
    assert text != PAIRS
    pairs.write_text(text)
    assert main([str(pairs), "--work", "5"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"{pairs}:{line}: ")
    assert " / " in captured.err
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize(
    "content", [b"", b"\n \n", b"\xff\xfe\x00\x81", b"hello\n", b"3 10 1\n", b"A\nVEHICLE\nNUMBER CAPACITY\n"]
)
def test_other_files_are_refused(content: bytes, pairs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs.write_bytes(content)
    assert main([str(pairs)]) == 2
    assert capsys.readouterr().err.startswith(f"{pairs}:")


@pytest.mark.parametrize(
    "arguments", [["--seconds", "0"], ["--seconds", "nan"], ["--work", "0"], ["--objective", "time"], ["--json", "no/x"]]
)
def test_refused_arguments(arguments: list[str], pairs: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "logistics.solver", str(pairs), *arguments], capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.count("\n") == 1


def test_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.txt")]) == 2
    assert "none.txt:0: " in capsys.readouterr().err


def test_check_in_double_precision_sees_what_is_wrong(pairs: Path) -> None:
    instance = textformats.read(pairs)
    assert check(instance, [[1, 2], [3, 4]]) == []
    assert check(instance, [[2, 1], [3, 4]])
    assert check(instance, [[1, 3, 2, 4]])
    assert check(instance, [[1, 2]])
    assert check(instance, [[1, 2], [3, 4], [1, 2]])
    assert check(instance, [[1], [2], [3, 4]])


def test_public_instances_are_solved_feasibly() -> None:
    """A few rounds on every file of the development set; without it, on the small ones above."""
    folder = bench.bench_folder()
    files = sorted(folder.glob("*/*.txt"))
    for path in files:
        instance = textformats.read(path)
        result = solve(textformats.problem(instance, fewest_vehicles=True), seconds=None, work=60, processes=1)
        routes = textformats.routes_of(instance, result)
        assert check(instance, routes) == [], path
        assert math.isclose(
            sum(instance.length(r) for r in routes), sum(r.distance_m for r in result.routes) / textformats.SCALE, rel_tol=1e-6
        )


def test_a_plan_that_cannot_be_written_is_refused_before_the_search(
    pairs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for target in (tmp_path, tmp_path / "none" / "plan.json"):
        assert main([str(pairs), "--work", "5", "--json", str(target)]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("\n") == 1
        assert str(target) in said.err
