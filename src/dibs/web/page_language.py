"""The language in which the booking page begins, and the texts of its HTML in that language.

Most texts of the page are in files of their own (`frontend/src/booking/languages`). The build lists
these files in `languages.json`, with the few sentences that the HTML has before any script runs.
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

#: The cookie in which the page keeps the language that its visitor has chosen.
COOKIE = "dibs_language"
USUAL = "en"
TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
NO_SCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
#: A browser sends few languages. Further ones are ignored.
MAX_ACCEPTED = 20
#: The headers of a request that the answer depends on.
VARY = "Accept-Language, Cookie"


@dataclass(frozen=True)
class PageLanguage:
    """A language of the page. `file` is the script with its texts, `direction` is "ltr" or "rtl",
    and `needs_script` is the sentence for browsers that run no scripts."""

    tag: str
    file: str
    direction: str
    title: str
    needs_script: str

    def write_into(self, text: str, base_path: str) -> str:
        """Return the HTML of the page in this language. The browser loads the texts at the same
        time as the script."""
        preload = f'<link rel="modulepreload" crossorigin href="{base_path}/{self.file}">'
        title = f"<title>{escape(self.title)}</title>"
        text = text.replace('lang="en"', f'lang="{self.tag}" dir="{self.direction}"', 1)
        text = TITLE.sub(lambda _: f"{title}\n    {preload}", text, count=1)
        needs_script = f"<noscript>{escape(self.needs_script)}</noscript>"
        return NO_SCRIPT.sub(lambda _: needs_script, text, count=1)


def read_languages(folder: Path) -> dict[str, PageLanguage]:
    """Return the languages that the page was built with, by their tags."""
    found = orjson.loads((folder / "languages.json").read_bytes())
    return {tag: PageLanguage(tag, **each) for tag, each in found.items()}


def choose_language(
    request: Request, languages: Mapping[str, PageLanguage], of_business: str | None
) -> PageLanguage:
    """Return the first language that the page has among these: the one that the address asks for,
    the visitor's earlier choice, the browser's languages in their order, the language of the
    business, and English."""
    wanted = [request.query_params.get("lang", ""), request.cookies.get(COOKIE, "")]
    wanted += accepted_languages(request.headers.get("Accept-Language", ""))
    wanted += [of_business or "", USUAL]
    tags = map(language_in, wanted)
    return languages[next(tag for tag in tags if tag in languages)]


def asked_language(request: Request, languages: Mapping[str, PageLanguage]) -> str | None:
    """Return the language that the address asks for, or None if it asks for none that the page
    has."""
    asked = language_in(request.query_params.get("lang", ""))
    return asked if asked in languages else None


def accepted_languages(header: str) -> list[str]:
    """Return the tags of an Accept-Language header, the most wanted first (RFC 9110, section
    12.5.4)."""
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
