"""The public id of a claim: boards show it, and the owner types it to release a claim."""

from __future__ import annotations

import secrets


def new_claim_id() -> str:
    """64 random bits as hexadecimal digits. There is no hyphen among them, because a command takes
    a word that begins with one for an option."""
    return secrets.token_hex(8)
