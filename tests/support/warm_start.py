"""What every Dibs does when it starts, done once in the process that all others are forked from.

It is imported there alone: see `tests.support.forked_process`.
"""

from __future__ import annotations

import gc

import pydantic.v1
import pytest
import sqlalchemy.dialects.postgresql.asyncpg
import uvloop

import dibs.cli
from dibs.ledger.migrate import newest_schema

__all__ = ["dibs", "pydantic", "pytest", "sqlalchemy", "uvloop"]

newest_schema()
# No child looks through what has been there before, nor copies it for that.
gc.freeze()
