"""An invented language: English with accents, 40 % longer, between two marks.

In this language the page shows which texts are cut off when a language is longer than English. It
also shows which texts are in no file of texts: they have no marks.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route

SOURCE = Path(__file__).parents[2] / "frontend/src/booking/languages/en.json"
BEGIN, END = "⟦", "⟧"
ACCENTS = str.maketrans("aceinouyAEIOU", "áçéîñöúýÂÉÎÖÛ")
LONGER = 0.4
PLACEHOLDER = re.compile(r"(\{\w+\})")


def speak_pseudo(page: Page, direction: str = "ltr") -> None:
    """Give the page this language instead of English, written in this direction."""
    texts = json.loads(SOURCE.read_text("utf-8"))
    later = {name: _pseudo(text) for name, text in texts.pop("later").items()}
    first = {name: _pseudo(text) for name, text in texts.items()} | {"direction": direction}

    def answer(route: Route) -> None:
        is_later = "/later-en" in route.request.url
        # As the build sends them: lists, in the order of the file.
        listed = {"later": list(later.values())} if is_later else list(first.values())
        route.fulfill(
            body=f"export default {json.dumps(listed)}",
            content_type="text/javascript; charset=utf-8",
        )

    page.route(re.compile(r"/assets/(later-)?en-[\w-]+\.js"), answer)


def _pseudo(text: Any) -> Any:
    if isinstance(text, dict):
        return {name: _pseudo(each) for name, each in text.items()}
    if not text:
        return text
    parts = PLACEHOLDER.split(text)
    accented = "".join(
        part if PLACEHOLDER.fullmatch(part) else part.translate(ACCENTS) for part in parts
    )
    more = " ~" * max(1, round(LONGER * len(PLACEHOLDER.sub("", text)) / 2))
    return f"{BEGIN}{accented}{more}{END}"


def without_pseudo(text: str) -> str:
    """Return what of a text comes from no file of texts. Values inside a text of a file are removed
    with it."""
    while (shorter := re.sub(rf"{BEGIN}[^{BEGIN}{END}]*{END}", " ", text)) != text:
        text = shorter
    return text
