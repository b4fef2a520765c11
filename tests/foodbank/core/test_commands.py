from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management.base import OutputWrapper

from foodbank.core.commands import refusals_exit_2
from foodbank.core.errors import InputRefused, Problem, Refusal, Text

ROOT = Path(__file__).resolve().parents[3]


def test_each_problem_is_a_line_and_the_code_is_two():
    shown = io.StringIO()
    problems = [Problem("orders.csv", line, "quantity_kg", "x.y", Text("負の数です。", "Negative.")) for line in (2, 7)]
    with pytest.raises(SystemExit) as ended, refusals_exit_2(OutputWrapper(shown)):
        raise InputRefused(problems)
    assert ended.value.code == 2
    assert shown.getvalue().splitlines() == [
        "orders.csv:2:quantity_kg: 負の数です。 / Negative.",
        "orders.csv:7:quantity_kg: 負の数です。 / Negative.",
    ]


def test_a_refusal_says_why_in_two_languages():
    shown = io.StringIO()
    with pytest.raises(SystemExit) as ended, refusals_exit_2(OutputWrapper(shown)):
        raise Refusal("x.y", Text("できません。", "No."))
    assert ended.value.code == 2
    assert shown.getvalue() == "できません。 / No.\n"


def test_a_fault_is_not_hidden():
    with pytest.raises(ZeroDivisionError), refusals_exit_2(OutputWrapper(io.StringIO())):
        raise ZeroDivisionError


@pytest.mark.parametrize(
    "arguments",
    [("plan_day",), ("plan_day", "--date", "2026-12-05", "--work", "many"), ("print_labels", "--layout", "a3"), ("import_day",)],
)
def test_wrong_arguments_end_with_2_and_one_line_in_both_languages(arguments):
    run = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert "引数" in run.stderr and "arguments" in run.stderr


def test_help_still_explains_the_arguments():
    run = subprocess.run(
        [sys.executable, "manage.py", "plan_day", "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0
    assert "--seconds" in run.stdout
