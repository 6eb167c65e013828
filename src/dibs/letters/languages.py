"""The languages of letters: their messages, read from the catalogs in `locale/`."""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent / "locale"
#: The messages in the templates are in this language, so it has no catalog.
SOURCE = "en"


@dataclass(frozen=True)
class Language:
    """A language of letters. `locale` says how dates are written, `translations` has the messages.
    Both are always of the same language, so that no sentence mixes two languages."""

    tag: str
    locale: Locale
    translations: gettext.NullTranslations

    @property
    def direction(self) -> str:
        """The direction in which it is written: "ltr" or "rtl"."""
        return self.locale.text_direction


@cache
def catalogs() -> dict[str, gettext.NullTranslations]:
    """Return the messages of each language, by the name of the language."""
    found = {SOURCE: gettext.NullTranslations()}
    for file in sorted(FOLDER.glob("*.po")):
        compiled = BytesIO()
        with file.open("rb") as source:
            write_mo(compiled, read_po(source, locale=file.stem))
        compiled.seek(0)
        found[file.stem] = gettext.GNUTranslations(compiled)
    return found


def language_of(tag: str) -> Language:
    """Return the language of a BCP 47 tag: the nearest that exists, or else English. For de-CH, the
    messages are those of de, and dates are written as in Switzerland."""
    known = catalogs()
    parts = tag.replace("_", "-").split("-")
    for length in range(len(parts), 0, -1):
        name = "_".join(parts[:length])
        base = parts[0].lower()
        if base in known and (locale := _locale(name)) is not None:
            return Language(str(locale).replace("_", "-"), locale, known[base])
    return Language(SOURCE, Locale(SOURCE), known[SOURCE])


def base_of(tag: str) -> str:
    """Return the name of the messages for a tag, like `de` for `de-CH`."""
    return language_of(tag).tag.partition("-")[0].lower()


def _locale(name: str) -> Locale | None:
    try:
        return Locale.parse(name)
    except (UnknownLocaleError, ValueError, TypeError):
        return None
