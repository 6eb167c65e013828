"""Catalogs for servers under test, as the files that `dibs catalog apply` takes."""

from __future__ import annotations

from pathlib import Path

import dibs

DEMO = Path(dibs.__file__).with_name("demo.toml").read_text(encoding="utf-8")

#: One person and one service; business and person get all letters.
ONE_PERSON = """
[business]
name = "Chaos"
time_zone = "UTC"
email = "desk@example.com"
letters = ["new", "moved", "cancelled"]
reminders = [60]

[[services]]
id = 1
name = "Hour"
duration = 60
resources = [1]

[[resources]]
id = 1
name = "Mia"
email = "mia@example.com"
hours = { wed = ["09:00-17:00"] }
"""

#: Additions to the demo: a class whose starts overlap each other, and work through the night.
MORE = """
[[services]]
id = 5
name = "Life Drawing"
duration = 60
capacity = 2
resources = [5]

[[services]]
id = 6
name = "Night Recording"
duration = 90
resources = [6]

[[resources]]
id = 5
name = "Attic"
kind = "room"
[resources.hours]
wed = ["09:00-17:00"]

[[resources]]
id = 6
name = "Sound Booth"
kind = "room"
[resources.hours]
wed = ["20:00-24:00"]
thu = ["00:00-06:00"]
"""


def without_horizon(catalog: str = DEMO) -> str:
    """Return the catalog without a booking window, so that each test can have days of its own."""
    kept = (line for line in catalog.splitlines() if not line.startswith("booking_window_days"))
    return "\n".join(kept) + "\n"
