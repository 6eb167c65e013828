"""Acts as `dibs`, and writes each SQL statement that it runs to the file that COUNT_STATEMENTS_IN
names.

python statement_log.py serve --port 0 ...
"""

from __future__ import annotations

import os
from typing import Any

from sqlalchemy import Engine, event

from dibs.cli import main


def count_statements() -> None:
    with open(os.environ["COUNT_STATEMENTS_IN"], "a", encoding="utf-8", buffering=1) as log:

        @event.listens_for(Engine, "before_cursor_execute")
        def count(
            connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
        ) -> None:
            log.write(" ".join(statement.split()) + "\n")

        main()


if __name__ == "__main__":
    count_statements()
