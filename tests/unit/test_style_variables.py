"""The list of style variables matches the style sheets of the page."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
STYLES = ROOT / "frontend" / "src" / "booking" / "styles"
LISTED = ROOT / "docs" / "reference" / "style-variables.md"

#: The page sets these itself, see `Dock.tsx`, `Avatar.tsx`, `MonthGrid.tsx` and `booker.css`.
OF_THE_PAGE = {"--bar", "--hue", "--column", "--row", "--from"}
#: Literal sizes. The one pixel of visually hidden elements doesn't depend on the tokens.
LITERAL_SIZE = re.compile(r"(?<![\w.-])\d*\.?\d+(?:px|rem|cqi|cqb|ms)\b")


def tokens() -> dict[str, str]:
    root = (STYLES / "tokens.css").read_text().partition("@media")[0]
    return {
        name: " ".join(value.split())
        for name, value in re.findall(r"^ {2}(--[\w-]+):([^;]+);", root, re.MULTILINE)
    }


def test_the_list_has_every_token_with_its_default_and_no_other() -> None:
    rows = re.findall(r"^\| `(--[\w-]+)` \| `([^`]+)` \|", LISTED.read_text(), re.MULTILINE)
    assert len(rows) > 50
    assert dict(rows) == tokens()


def test_the_style_sheets_use_every_token_and_no_other() -> None:
    sheets = "".join(sheet.read_text() for sheet in STYLES.glob("*.css"))
    assert set(re.findall(r"var\((--[\w-]+)", sheets)) - OF_THE_PAGE == set(tokens())


def test_sizes_are_written_in_the_tokens_alone() -> None:
    found = {
        f"{sheet.name}: {line.strip()}"
        for sheet in STYLES.glob("*.css")
        if sheet.name != "tokens.css"
        for line in sheet.read_text().splitlines()
        if LITERAL_SIZE.search(line) and not line.startswith(("@media", "@container"))
    }
    assert found == {
        "base.css: inline-size: 1px;",
        "base.css: block-size: 1px;",
        "base.css: calc(var(--bar, 0px) + var(--space-4));",
    }
