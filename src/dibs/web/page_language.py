"""The language that the booking page begins in, and what its HTML says in it.

The page's texts are files of its own (`frontend/src/booking/languages`). The build lists them in
`languages.json`, with the few sentences that stand in the HTML before any script runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import orjson

from dibs.ledger.translations import language_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from starlette.requests import Request

#: In which the page keeps the language that its visitor has chosen.
COOKIE = "dibs_language"
USUAL = "en"
TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
NO_SCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
#: A browser sends few languages; more are not looked at.
MAX_ACCEPTED = 20
#: The answer differs by what these headers say.
VARY = "Accept-Language, Cookie"


@dataclass(frozen=True)
class PageLanguage:
    """`file` has the texts; `direction` is "ltr" or "rtl"."""

    tag: str
    file: str
    direction: str
    title: str
    needs_script: str

    def write_into(self, text: str, base_path: str) -> str:
        """The HTML of the page in this language; the browser loads its texts beside the script."""
        preload = f'<link rel="modulepreload" crossorigin href="{base_path}/{self.file}">'
        title = f"<title>{escape(self.title)}</title>"
        text = text.replace('lang="en"', f'lang="{self.tag}" dir="{self.direction}"', 1)
        text = TITLE.sub(lambda _: f"{title}\n    {preload}", text, count=1)
        needs_script = f"<noscript>{escape(self.needs_script)}</noscript>"
        return NO_SCRIPT.sub(lambda _: needs_script, text, count=1)


def read_languages(folder: Path) -> dict[str, PageLanguage]:
    """The languages that the page was built with."""
    found = orjson.loads((folder / "languages.json").read_bytes())
    return {tag: PageLanguage(tag, **each) for tag, each in found.items()}


def choose_language(
    request: Request, languages: Mapping[str, PageLanguage], of_business: str | None
) -> PageLanguage:
    """By what the address asks for, the visitor's earlier choice, the browser's languages in their
    order, and the language of the business."""
    wanted = [request.query_params.get("lang", ""), request.cookies.get(COOKIE, "")]
    wanted += accepted_languages(request.headers.get("Accept-Language", ""))
    wanted += [of_business or "", USUAL]
    tags = map(language_in, wanted)
    return languages[next(tag for tag in tags if tag in languages)]


def asked_language(request: Request, languages: Mapping[str, PageLanguage]) -> str | None:
    """The language that the address itself asks for."""
    asked = language_in(request.query_params.get("lang", ""))
    return asked if asked in languages else None


def accepted_languages(header: str) -> list[str]:
    """The tags of an Accept-Language header, the most wanted first (RFC 9110, section 12.5.4)."""
    weighed = sorted(_weights(header), key=lambda each: each[1], reverse=True)
    return [tag for tag, weight in weighed if weight > 0]


def _weights(header: str) -> Iterator[tuple[str, float]]:
    for each in header.split(",", MAX_ACCEPTED)[:MAX_ACCEPTED]:
        tag, _, parameter = each.partition(";")
        name, _, value = parameter.strip().partition("=")
        try:
            yield tag.strip(), float(value) if name.strip().lower() == "q" else 1
        except ValueError:
            continue
