"""Decides what is an e-mail address. All parts of Dibs use this module for it.

An address is accepted only if a message goes exactly to what is written. So all letters before the
@ are ASCII (others look alike, and may be replaced on the way), and there are no encoded words
(`=?…?=`, which mail software may decode), quotes, comments or bare IP addresses. A domain with
other letters is stored as mail servers know it, with `xn--`. So both spellings are one person's.
"""

from __future__ import annotations

import re
import unicodedata

import idna

#: Most characters of a whole address, as mail servers count them.
MAX_LENGTH = 254
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(
    rf"(?!.*=\?)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?=[A-Za-z]){_LABEL}"
)


def is_address(text: str) -> bool:
    """Tell whether a message can be sent to this address as it is written."""
    return len(text) <= MAX_LENGTH and _ADDRESS.fullmatch(text) is not None


def read_address(text: str) -> str | None:
    """Return the address that somebody has typed, in the form in which it is stored. Returns None
    if no message could be sent there."""
    typed = text.strip()
    name, at, domain = typed.rpartition("@")
    if not domain.isascii() and len(domain) <= MAX_LENGTH:
        ascii_domain = _ascii(domain)
        typed = name + at + ascii_domain if ascii_domain else ""
    return typed if is_address(typed) else None


def mailbox(address: str) -> str:
    """Return the mailbox of an address: the address in small letters, so that capitals make no
    difference."""
    return address.lower()


def mailbox_in_full(address: str) -> str:
    """Return the mailbox without the part from a plus to the @. At most servers it is the same
    mailbox."""
    name, _, domain = mailbox(address).rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def _ascii(domain: str) -> str | None:
    """Return the domain with `xn--`, or None if it is not valid or only looks like another
    domain."""
    lower = "".join(map(_lower, unicodedata.normalize("NFC", domain)))
    if sum(map(str.isascii, lower)) > sum(map(str.isascii, domain)):
        return None
    try:
        return idna.encode(lower).decode()
    except (idna.IDNAError, UnicodeError):
        return None


def _lower(letter: str) -> str:
    """Return the small letter, or the letter itself if its small letter has several characters."""
    small = letter.lower()
    return small if len(small) == 1 else letter
