"""The second factor: codes of an authenticator app (TOTP), and recovery codes to use instead.

The secret that the app and Dibs share is encrypted in the database with the secret key, so that a
copy of the database alone is not enough to make codes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from dibs.desk.tokens import new_reference

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from dibs.desk.tokens import ManageTokens

DIGITS = 6
SECONDS_PER_CODE = 30
#: Clocks of phones differ: the code before and the one after are good as well.
TOLERANCE = 1
SECRET_BYTES = 20
RECOVERY_CODES = 10
PURPOSE = "totp"
SETUP_PURPOSE = "totp setup"


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def secret_text(secret: bytes) -> str:
    """Return the secret as people type it into an app."""
    return base64.b32encode(secret).decode()


def setup_address(secret: bytes, email: str, business: str) -> str:
    """Return the address that an app reads from the QR code."""
    return pyotp.TOTP(secret_text(secret)).provisioning_uri(name=email, issuer_name=business)


def picture(address: str) -> str:
    """Return a QR code of an address, as a data address of an SVG."""
    return segno.make(address, error="m").svg_data_uri(scale=4, border=2, dark="#000", light="#fff")


def step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """Return the number of the time step that a code belongs to, or None if the code isn't good
    about now."""
    totp = pyotp.TOTP(secret_text(secret))
    step = int(now.timestamp()) // SECONDS_PER_CODE
    found = None
    for each in range(step - TOLERANCE, step + TOLERANCE + 1):
        if hmac.compare_digest(totp.generate_otp(each).encode(), code.encode()):
            found = each
    return found


def encrypt_secret(tokens: ManageTokens, secret: bytes) -> str:
    """Return the secret as it is stored."""
    return _cipher(tokens).encrypt(secret).decode()


def decrypt_secret(tokens: ManageTokens, stored: str) -> bytes | None:
    """Return a stored secret, or None if it was encrypted with a key that is no longer there."""
    try:
        return _cipher(tokens).decrypt(stored)
    except InvalidToken:
        return None


def setup_of(tokens: ManageTokens, user_id: int, secret: bytes) -> str:
    """Return the secret of an app that is being set up, encrypted for this user."""
    said = f"{user_id}:{secret.hex()}".encode()
    return _cipher(tokens, SETUP_PURPOSE).encrypt(said).decode()


def read_setup(
    tokens: ManageTokens, user_id: int | None, setup: str, lifetime: timedelta
) -> bytes | None:
    """Return the secret in a setup, or None if the setup is too old, another user's, or not made by
    Dibs."""
    seconds = int(lifetime.total_seconds())
    try:
        said = _cipher(tokens, SETUP_PURPOSE).decrypt(setup, ttl=seconds).decode()
    except InvalidToken:
        return None
    owner, _, secret = said.partition(":")
    return bytes.fromhex(secret) if owner == str(user_id) else None


def new_recovery_codes() -> list[str]:
    """Return new codes like `K7M2P-Q9XDA`."""
    return [new_reference() for _ in range(RECOVERY_CODES)]


def hash_of_recovery_code(code: str) -> str:
    """Return the hash of a recovery code, which is all that is kept of it. Capitals, spaces and
    hyphens make no difference."""
    plain = "".join(each for each in code.upper() if each.isalnum())
    return hashlib.sha256(b"recovery:" + plain.encode()).hexdigest()


def is_app_code(code: str) -> bool:
    """Tell whether a code looks like one of an app, and not like a recovery code."""
    return len(code) == DIGITS and code.isdecimal() and code.isascii()


def _cipher(tokens: ManageTokens, purpose: str = PURPOSE) -> MultiFernet:
    keys = tokens.encryption_keys(purpose)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
