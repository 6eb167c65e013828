"""The glossary says of each word what it means, with an example; no other word is used for it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "glossary.md"

#: Words that were used for the same thing before, and the one that is used now.
REPLACED = {
    "catalogue": "catalog",
    "catalogues": "catalogs",
}

#: Everything that a person has written, except the frontend's packages and this list.
WRITTEN = [
    *ROOT.glob("*.md"),
    *(ROOT / "bench").rglob("*.py"),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "frontend" / "src").rglob("*.*"),
    *(path for path in (ROOT / "src").rglob("*.*") if path.suffix in (".lua", ".py", ".toml")),
    *(path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)),
]


def test_each_word_has_a_meaning_and_an_example() -> None:
    rows = re.findall(r"^\| \*\*(.+?)\*\* \|(.*)\|(.*)\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(rows) > 50
    assert [word for word, *cells in rows if not all(cell.strip() for cell in cells)] == []


def test_no_word_has_two_meanings() -> None:
    words = re.findall(r"^\| \*\*(.+?)\*\* \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(words) == len(set(words))


def test_no_file_uses_a_word_that_was_replaced() -> None:
    replaced = re.compile(rf"(?<![a-zA-Z])(?:{'|'.join(REPLACED)})(?![a-zA-Z])", re.IGNORECASE)
    assert len(WRITTEN) > 300
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]} is {REPLACED[match[0].lower()]} now"
        for path in WRITTEN
        for number, line in enumerate([path.name, *path.read_text("utf-8").splitlines()])
        for match in replaced.finditer(line)
    ]
    assert found == []
