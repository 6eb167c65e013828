"""Does once what every Dibs does at its start, in the process from which all others are forked.

Only that process imports this module: see `tests.support.forked_process`.
"""

from __future__ import annotations

import gc
import os
import threading

import pydantic.v1
import pytest
import sqlalchemy.dialects.postgresql.asyncpg
import uvloop

import dibs.cli
from dibs.app import build, create_app
from dibs.ledger.migrate import newest_schema
from dibs.letters.samples import sample_letter
from dibs.letters.writer import LetterWriter
from dibs.settings import Settings
from tests.support.kept_validators import keep_validators
from tests.support.quick_passwords import hash_passwords_quickly

__all__ = ["dibs", "pydantic", "pytest", "sqlalchemy", "uvloop"]

newest_schema()
hash_passwords_quickly()
keep_validators()
# Templates are compiled when a letter is written.
LetterWriter().write(sample_letter("confirmed", "customer"))
# Make an app of which only the validators are kept, without DIBS_… variables. Each child clears the
# environment that it finds here.
for name in [each for each in os.environ if each.startswith("DIBS_")]:
    del os.environ[name]
create_app(build(Settings(), "a key for nothing"))
assert threading.active_count() == 1, "a thread is not in the processes that are forked"
# With this, the garbage collector of a child does not look through the objects that exist now. So
# their memory is not copied.
gc.collect()
gc.freeze()
