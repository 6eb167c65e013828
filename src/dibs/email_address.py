"""What an e-mail address is: whatever is asked of Dibs, this is the one place that decides.

It is accepted only if a message reaches exactly what is written. So there are no letters but ASCII
before the @ (others look alike, and are turned into others on the way), no encoded words (`=?…?=`,
which mail software may decode), no quotes, comments or bare numbers. A domain with other letters is
kept as mail servers know it, with `xn--`: so both spellings are one person's.
"""

from __future__ import annotations

import re
import unicodedata

import idna

#: Characters in all, as mail servers count them.
MAX_LENGTH = 254
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(
    rf"(?!.*=\?)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?=[A-Za-z]){_LABEL}"
)


def is_address(text: str) -> bool:
    """Whether a message can be sent to it as it is."""
    return len(text) <= MAX_LENGTH and _ADDRESS.fullmatch(text) is not None


def read_address(text: str) -> str | None:
    """The address that somebody has typed, as it is kept; None if no message could go there."""
    typed = text.strip()
    name, at, domain = typed.rpartition("@")
    if not domain.isascii() and len(domain) <= MAX_LENGTH:
        ascii_domain = _ascii(domain)
        typed = name + at + ascii_domain if ascii_domain else ""
    return typed if is_address(typed) else None


def mailbox(address: str) -> str:
    """Where it leads to: the same however its capitals are written."""
    return address.lower()


def mailbox_in_full(address: str) -> str:
    """Where it leads to at most servers: without what stands behind a plus."""
    name, _, domain = mailbox(address).rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def _ascii(domain: str) -> str | None:
    """The domain with `xn--`; None if it can't be one, or only looks like another one's."""
    lower = "".join(map(_lower, unicodedata.normalize("NFC", domain)))
    if sum(map(str.isascii, lower)) > sum(map(str.isascii, domain)):
        return None
    try:
        return idna.encode(lower).decode()
    except (idna.IDNAError, UnicodeError):
        return None


def _lower(letter: str) -> str:
    """The letter itself where its small one is of several characters."""
    small = letter.lower()
    return small if len(small) == 1 else letter
