"""The scenarios of the docs have unique numbers, and tests are marked only with these."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def numbers() -> list[int]:
    page = (ROOT / "docs" / "explanation" / "scenarios.md").read_text()
    return [int(number) for number in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)]


def test_no_two_scenarios_have_one_number() -> None:
    assert numbers() == list(range(1, len(numbers()) + 1))


def test_each_mark_of_a_test_is_a_scenario() -> None:
    marks = {
        int(number)
        for file in (ROOT / "tests").rglob("*.py")
        for number in re.findall(r"mark\.scenario\((\d+)\)", file.read_text())
    }
    assert marks <= set(numbers())
