from __future__ import annotations

import io

import pytest
from django.core.management.base import OutputWrapper

from foodbank.core.commands import refusals_exit_2
from foodbank.core.errors import InputRefused, Problem, Refusal, Text


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
