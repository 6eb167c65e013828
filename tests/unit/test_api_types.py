"""The TypeScript types of the office match the answers of the server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TYPES = ROOT / "frontend/src/office/api/types.ts"


def test_the_types_are_those_of_the_openapi_document(tmp_path: Path) -> None:
    made = tmp_path / "types.ts"
    subprocess.run([sys.executable, ROOT / "scripts/api-types", made], check=True, timeout=120)
    assert TYPES.read_text() == made.read_text(), "run scripts/api-types"
