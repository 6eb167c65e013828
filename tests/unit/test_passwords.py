"""How passwords are hashed in a Dibs outside the tests."""

from __future__ import annotations

import subprocess
import sys

HASH = """
import asyncio
from dibs.desk.office.passwords import Passwords
print(asyncio.run(Passwords().hash("correct horse battery")))
"""


def test_a_hash_takes_64_mib_and_three_passes() -> None:
    """The tests themselves use cheaper hashes: see `tests.support.quick_passwords`."""
    said = subprocess.run([sys.executable, "-c", HASH], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
