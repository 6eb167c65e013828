"""Names that can't be guessed: references, ids, and the manage tokens that prove a booking."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

#: Without the letters that are taken for digits, or for each other.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
MANAGE = "manage"


def new_reference() -> str:
    """A booking's reference, like `K7M2P-Q9XDA`; it opens nothing by itself."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def new_token() -> str:
    """128 random bits."""
    return secrets.token_urlsafe(16)


def visitor_key(secret: str) -> str:
    """What is kept of a visitor's secret: enough to know it again, too little to use it."""
    return hashlib.sha256(b"visitor:" + secret.encode()).hexdigest()[:32]


class ManageTokens:
    """A booking's manage token is a signature of its reference, so that none need be stored."""

    def __init__(self, secret_key: str, previous_key: str = "") -> None:
        """Tokens signed with the previous key still fit; none are made with it."""
        self._key = secret_key.encode()
        self._accepted = [self._key, *([previous_key.encode()] if previous_key else [])]

    def token_of(self, reference: str) -> str:
        return self.sign(MANAGE, reference)

    def all_of(self, reference: str) -> list[str]:
        """All manage tokens that fit a reference, those of the previous key too."""
        return [_sign(key, MANAGE, reference) for key in self._accepted]

    def unnamed_secret(self, request: str) -> str:
        """The secret of who sends a request without one: the same for the same request."""
        return hmac.digest(self._key, b"unnamed:" + request.encode(), "sha256").hex()[:32]

    @property
    def owner_token(self) -> str:
        """Proves to a running Dibs that the command line belongs to its owner."""
        return hmac.digest(self._key, b"owner", "sha256").hex()

    def is_owner_token(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self.owner_token.encode())

    def fits(self, token: str, reference: str) -> bool:
        return self.is_signed(token, MANAGE, reference)

    def encryption_keys(self, purpose: str) -> list[bytes]:
        """Keys of 32 bytes for what is encrypted for this purpose: with the first; those of the
        previous key too."""
        return [hmac.digest(key, f"encrypt:{purpose}".encode(), "sha256") for key in self._accepted]

    def sign(self, purpose: str, said: str) -> str:
        """A signature that fits what is said for this purpose alone."""
        return _sign(self._key, purpose, said)

    def is_signed(self, signature: str, purpose: str, said: str) -> bool:
        given = signature.encode()
        return any(
            hmac.compare_digest(given, _sign(key, purpose, said).encode()) for key in self._accepted
        )


def _sign(key: bytes, purpose: str, said: str) -> str:
    mac = hmac.digest(key, f"{purpose}:{said}".encode(), "sha256")
    return base64.urlsafe_b64encode(mac[:24]).decode()
