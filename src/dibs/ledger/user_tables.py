"""The tables of the office's users, their sessions and links, and of API keys.

A business has few of these rows. Every secret is stored as a hash, except that of the second
factor, which is encrypted with the secret key.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Text

from dibs.ledger.column_types import Instant
from dibs.ledger.schema import table

# Users, who may sign in to the office. `email` is in lower case. `password` is null until one is
# chosen. `totp` is the encrypted secret of the second factor, or null if there is none. `totp_used`
# is the time step of the last code that was used, because each code is good once. A user is never
# deleted, because the audit names them; a disabled one can't sign in.
users = table(
    "users",
    Column("id", Integer, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, CheckConstraint("role IN ('owner', 'manager', 'staff')"), nullable=False),
    Column("resource_id", ForeignKey("resources.id")),
    Column("password", Text),
    Column("totp", Text),
    Column("totp_used", Integer),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    CheckConstraint("role <> 'staff' OR resource_id IS NOT NULL", "staff_has_resource"),
)

# Sessions of users; `token` is a hash of the secret that the browser keeps. `used_at` may be some
# minutes too early. `browser` is what the browser says of itself, in few words.
user_sessions = table(
    "user_sessions",
    Column("id", Integer, primary_key=True),
    Column("token", Text, nullable=False, unique=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant, nullable=False),
    Column("address", Text, nullable=False),
    Column("browser", Text, nullable=False),
    Index("user_sessions_by_user", "user_id"),
)

# Links with which a user chooses a password, each good once; `token` is a hash. A link without a
# user makes the first owner.
user_links = table(
    "user_links",
    Column("token", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id")),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index("user_links_by_user", "user_id"),
)

# Codes that stand in for the second factor, each good once; `code` is a hash.
recovery_codes = table(
    "recovery_codes",
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("code", Text, primary_key=True),
    Column("used_at", Instant),
)

# API keys; `token` is a hash. `scopes` are words with spaces between. If `expires_at` is null, a
# key is good until it is revoked.
api_keys = table(
    "api_keys",
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("token", Text, nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("created_by", ForeignKey("users.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("used_at", Instant),
    Column("revoked_at", Instant),
)

# Passkeys with which users sign in. `credential` is the id that the authenticator gave it, and
# `public_key` what its signatures are checked with (COSE), both in base64url. `sign_count` is what
# its counter said last; most authenticators leave it 0.
passkeys = table(
    "passkeys",
    Column("id", Integer, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("credential", Text, nullable=False, unique=True),
    Column("public_key", Text, nullable=False),
    Column("sign_count", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index("passkeys_by_user", "user_id"),
)

# Challenges that authenticators sign, each good once; `challenge` is a hash. `user_id` is the user
# who is adding a passkey, or null if somebody is signing in.
passkey_challenges = table(
    "passkey_challenges",
    Column("challenge", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id")),
    Column("expires_at", Instant, nullable=False),
    Index("passkey_challenges_by_expiry", "expires_at"),
)
