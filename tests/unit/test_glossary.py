"""The glossary says of each word what it means, with an example."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "glossary.md"


def test_each_word_has_a_meaning_and_an_example() -> None:
    rows = re.findall(r"^\| \*\*(.+?)\*\* \|(.*)\|(.*)\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(rows) > 50
    assert [word for word, *cells in rows if not all(cell.strip() for cell in cells)] == []


def test_no_word_has_two_meanings() -> None:
    words = re.findall(r"^\| \*\*(.+?)\*\* \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(words) == len(set(words))
