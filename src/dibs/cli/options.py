"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataFolder = Annotated[
    Path | None, typer.Option("--data", help="Folder of the embedded mode [default: ./data].")
]
Host = Annotated[
    str | None, typer.Option(help="Address to listen on; DIBS_HOST wins [default: 127.0.0.1].")
]
Port = Annotated[
    int | None, typer.Option(help="Port to listen on; DIBS_PORT wins [default: 8000].")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
