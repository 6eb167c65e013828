"""The reference pages say what the code says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dibs import reference

PAGES = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize(
    ("page", "made"), [("errors.md", reference.errors), ("settings.md", reference.settings)]
)
def test_a_page_is_what_the_code_says(page: str, made: Callable[[], str]) -> None:
    assert (PAGES / page).read_text() == made(), "run scripts/reference"
