"""Names that can't be guessed: references, ids, and the manage tokens that give access to
bookings."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

#: Letters that look like digits, or like each other, are left out.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
MANAGE = "manage"


def new_reference() -> str:
    """Return a new reference of a booking, like `K7M2P-Q9XDA`. It gives no access by itself."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def new_token() -> str:
    """Return a random text of 128 bits."""
    return secrets.token_urlsafe(16)


def visitor_key(secret: str) -> str:
    """Return what is kept of a visitor's secret: a hash, by which the secret is known again but
    which can't be used in its place."""
    return hashlib.sha256(b"visitor:" + secret.encode()).hexdigest()[:32]


class ManageTokens:
    """Makes and checks manage tokens, and other signatures with the secret key. A manage token is a
    signature of the booking's reference, so that none has to be stored."""

    def __init__(self, secret_key: str, previous_key: str = "") -> None:
        """Tokens signed with the previous key are still accepted, but no new ones are made with
        it."""
        self._key = secret_key.encode()
        self._accepted = [self._key, *([previous_key.encode()] if previous_key else [])]

    def token_of(self, reference: str) -> str:
        return self.sign(MANAGE, reference)

    def all_of(self, reference: str) -> list[str]:
        """Return all manage tokens that fit a reference, also the one of the previous key."""
        return [_sign(key, MANAGE, reference) for key in self._accepted]

    def unnamed_secret(self, request: str) -> str:
        """Return a visitor's secret for a request that came without one. The same request always
        gets the same secret."""
        return hmac.digest(self._key, b"unnamed:" + request.encode(), "sha256").hex()[:32]

    @property
    def owner_token(self) -> str:
        """The token with which the command line proves to a running Dibs that it is the owner's."""
        return hmac.digest(self._key, b"owner", "sha256").hex()

    def is_owner_token(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self.owner_token.encode())

    def fits(self, token: str, reference: str) -> bool:
        return self.is_signed(token, MANAGE, reference)

    def encryption_keys(self, purpose: str) -> list[bytes]:
        """Return the keys of 32 bytes for this purpose. The first one encrypts; all of them, also
        that of the previous key, decrypt."""
        return [hmac.digest(key, f"encrypt:{purpose}".encode(), "sha256") for key in self._accepted]

    def sign(self, purpose: str, said: str) -> str:
        """Return a signature of `said` that is good for this purpose only."""
        return _sign(self._key, purpose, said)

    def is_signed(self, signature: str, purpose: str, said: str) -> bool:
        given = signature.encode()
        return any(
            hmac.compare_digest(given, _sign(key, purpose, said).encode()) for key in self._accepted
        )


def _sign(key: bytes, purpose: str, said: str) -> str:
    mac = hmac.digest(key, f"{purpose}:{said}".encode(), "sha256")
    return base64.urlsafe_b64encode(mac[:24]).decode()
