"""Saves the numbers in `bench/results/` (not in git), and makes tables to read."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.cores import are_apart


def results() -> Path:
    folder = Path(__file__).with_name("results")
    folder.mkdir(exist_ok=True)
    return folder


def save(name: str, found: dict[str, Any]) -> None:
    (results() / f"{name}.json").write_text(json.dumps(found, indent=2) + "\n")


def machine() -> dict[str, Any]:
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": len(os.sched_getaffinity(0)),
        "a_core_each": are_apart(),
        "load_of_the_last_minutes": [round(each, 1) for each in os.getloadavg()],
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a Markdown table."""
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([str(row[name]) for name in names] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
