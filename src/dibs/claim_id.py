"""The public id of a claim: boards show it, and the owner types it to release a claim."""

from __future__ import annotations

import secrets


def new_claim_id() -> str:
    """Return 64 random bits as hexadecimal digits. An id has no hyphen, because the command line
    takes a word that begins with a hyphen for an option."""
    return secrets.token_hex(8)
