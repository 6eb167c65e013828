"""The keys of customers, and the texts by which customers and bookings are found and sorted.

A customer is known by their e-mail address, or else by their phone number, or else by their single
booking. The key is a hash, because it is part of the addresses of pages, which end up in logs.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from dibs.email_address import mailbox
from dibs.search_text import digits_of, fold

if TYPE_CHECKING:
    from collections.abc import Iterable

#: How many characters of a name customers are sorted by. An index of any database takes so many.
MAX_SORT_NAME = 80
#: How many bytes of the hash are kept: enough that two customers never have the same key.
KEY_BYTES = 15


def find_key(email: str, phone: str | None, phone_e164: str | None, reference: str = "") -> str:
    """Return the key of a customer. Without e-mail and phone it is the key of the booking with this
    reference."""
    number = digits_of(phone_e164 or phone or "")
    if email:
        known_by = f"email {mailbox(email)}"
    elif number:
        known_by = f"phone {number}"
    else:
        known_by = f"booking {reference}"
    digest = hashlib.sha256(known_by.encode()).digest()[:KEY_BYTES]
    return base64.b32encode(digest).decode().lower()


def search_text(
    name: str | None,
    email: str | None,
    phone: str | None,
    phone_e164: str | None,
    reference: str = "",
) -> str:
    """Return the text in which a search finds a customer or a booking."""
    return _join(
        fold(name or ""),
        fold(email or ""),
        digits_of(phone or ""),
        digits_of(phone_e164 or ""),
        fold(reference),
        fold(reference.replace("-", "")),
    )


def sort_name(name: str | None) -> str:
    """Return the text by which a customer is sorted."""
    return fold(name or "")[:MAX_SORT_NAME]


def _join(*parts: str) -> str:
    return " ".join(_distinct(part for part in parts if part))


def _distinct(parts: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(parts)
