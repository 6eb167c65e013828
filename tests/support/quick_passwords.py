"""Makes a hash of a password take a thousandth of a second of CPU time instead of a sixth.

Hundreds of tests sign in, and none of them tests how long a hash takes. The hash is still argon2,
only with less work. `tests/unit/test_passwords.py` checks the hash that Dibs uses outside of tests.
"""

from __future__ import annotations

from pwdlib.hashers.argon2 import Argon2Hasher

from dibs.desk.office import passwords


def hash_passwords_quickly() -> None:
    """Make hashes quick, in this process and in those forked from it."""
    passwords.HASHER = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
