"""Which characters a text of one line may have, and how others are shown where they are printed."""

from __future__ import annotations

import re
import unicodedata

#: Control characters (C0, DEL, C1), separators of lines and paragraphs, halves of characters, and
#: what turns the direction of all that follows. Marks (U+200E, U+200F) and joiners are not among
#: them: names need these.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
#: They look like nothing, though Unicode takes them for letters or signs.
INVISIBLE = frozenset("\u115f\u1160\u2800\u3164\uffa0")
#: Categories of what can't be seen: separators, format and control characters.
UNSEEN = ("Z", "C")


def unprintable_in(text: str) -> str | None:
    """The first character that has no place in a text of one line, as U+009B."""
    found = UNPRINTABLE.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def is_blank(text: str) -> bool:
    """Whether there is nothing to see."""
    return all(
        letter in INVISIBLE or unicodedata.category(letter).startswith(UNSEEN) for letter in text
    )


def replace_digits(text: str) -> str:
    """The text with 0 to 9 in place of the digits of other scripts, which their keyboards type."""
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text)


def tidy_code(typed: str) -> str:
    """A code without spaces, and without marks that come along when it is copied; with digits from
    0 to 9."""
    seen = (each for each in typed if not unicodedata.category(each).startswith(UNSEEN))
    return replace_digits("".join(seen))


def escape_unprintable(text: str, keep: str = "") -> str:
    r"""The text with `\u009b` in place of such a character, also in JSON and TOML; without those
    to `keep`."""

    def escape(found: re.Match[str]) -> str:
        return found[0] if found[0] in keep else f"\\u{ord(found[0]):04x}"

    return UNPRINTABLE.sub(escape, text)
