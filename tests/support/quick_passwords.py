"""Hashes of passwords that take a thousandth of a processor's second instead of a sixth.

Hundreds of tests sign in, and none of them wants to know how long a hash takes. It is argon2 all
the same: only the work that it puts in is less. `tests/unit/test_passwords.py` looks at what Dibs
has without the tests.
"""

from __future__ import annotations

from pwdlib.hashers.argon2 import Argon2Hasher

from dibs.desk.office import passwords


def hash_passwords_quickly() -> None:
    """In this process and those forked from it."""
    passwords.HASHER = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
