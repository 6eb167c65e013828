"""Decides which characters a text of one line may have, and escapes others when it is printed."""

from __future__ import annotations

import re
import unicodedata

#: Control characters (C0, DEL, C1), separators of lines and paragraphs, single surrogates, and
#: characters that change the direction of the text that follows. Direction marks (U+200E, U+200F)
#: and joiners are allowed, because names need them.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
#: Characters that can't be seen, though Unicode counts them as letters or symbols.
INVISIBLE = frozenset("\u115f\u1160\u2800\u3164\uffa0")
#: Unicode categories of characters that can't be seen: separators, format and control characters.
UNSEEN = ("Z", "C")


def unprintable_in(text: str) -> str | None:
    """Return the first character that may not be in a text of one line, like U+009B, or None."""
    found = UNPRINTABLE.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def is_blank(text: str) -> bool:
    """Tell whether nothing in the text can be seen."""
    return all(
        letter in INVISIBLE or unicodedata.category(letter).startswith(UNSEEN) for letter in text
    )


def replace_digits(text: str) -> str:
    """Return the text with 0 to 9 in place of digits of other scripts, which some keyboards
    type."""
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text)


def tidy_code(typed: str) -> str:
    """Return a code without spaces and invisible characters, which may be copied with it, and with
    digits from 0 to 9."""
    seen = (each for each in typed if not unicodedata.category(each).startswith(UNSEEN))
    return replace_digits("".join(seen))


def escape_unprintable(text: str, keep: str = "") -> str:
    r"""Return the text with each unprintable character escaped like `\u009b`, which JSON and TOML
    understand, too. Characters in `keep` stay as they are."""

    def escape(found: re.Match[str]) -> str:
        return found[0] if found[0] in keep else f"\\u{ord(found[0]):04x}"

    return UNPRINTABLE.sub(escape, text)
