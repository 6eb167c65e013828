"""Which bookings belong to one customer, and what they are found by.

A customer is known by their e-mail address; without one by their phone number; without that by the
one booking. The key is a hash, so that it can stand in addresses of pages, which end up in logs.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from dibs.email_address import mailbox
from dibs.search_text import digits_of, fold

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Characters of a name by which customers are sorted: as many as an index of any database takes.
MAX_SORT_NAME = 80
#: Bytes of the hash that are kept: two customers never have the same.
KEY_BYTES = 15


def find_key(email: str, phone: str | None, phone_e164: str | None, reference: str = "") -> str:
    """The key of a customer; without e-mail and phone that of the booking with this reference."""
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
    """What a customer or a booking is found by."""
    return _join(
        fold(name or ""),
        fold(email or ""),
        digits_of(phone or ""),
        digits_of(phone_e164 or ""),
        fold(reference),
        fold(reference.replace("-", "")),
    )


def sort_name(name: str | None) -> str:
    """What a customer is sorted by."""
    return fold(name or "")[:MAX_SORT_NAME]


def _join(*parts: str) -> str:
    return " ".join(_distinct(part for part in parts if part))


def _distinct(parts: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(parts)
