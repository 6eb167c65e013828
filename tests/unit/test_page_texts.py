"""The check of the page's texts: each language has all texts that the page has in English."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
LANGUAGES = ROOT / "frontend/src/booking/languages"

Texts = dict[str, Any]


def check(folder: Path) -> tuple[int, str]:
    script = ROOT / "scripts/check-translations"
    ended = subprocess.run(
        [sys.executable, script, folder], capture_output=True, text=True, check=False
    )
    return ended.returncode, ended.stderr


def test_no_language_lacks_anything() -> None:
    assert check(LANGUAGES) == (0, "")


def set_to(name: str, text: object) -> Callable[[Texts], object]:
    return lambda texts: texts.update({name: text})


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda texts: texts.pop("back"), "missing: back"),
        (set_to("invented", "x"), "unknown: invented"),
        (set_to("back", " "), "empty: back"),
        (set_to("back", {}), "not of the same kind: back"),
        (set_to("writeTo", "An {mail}"), "placeholders differ: writeTo"),
        (lambda texts: texts["later"].pop("done"), "later: missing: done"),
        (lambda texts: texts["refused"].pop("slot_held"), "refused: missing: slot_held"),
        (lambda texts: texts["booked"].pop("one"), "missing: booked.one"),
        (lambda texts: texts["booked"].update(few="x"), "unknown: booked.few"),
        (lambda texts: texts["booked"].update(other="x"), "placeholders differ: booked.other"),
        (lambda texts: texts["freeTimes"].pop("none"), "missing: freeTimes.none"),
    ],
)
def test_a_fault_of_a_language_is_named(
    tmp_path: Path, spoil: Callable[[Texts], object], fault: str
) -> None:
    shutil.copytree(LANGUAGES, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "de.json"
    texts = json.loads(file.read_text("utf-8"))
    spoil(texts)
    file.write_text(json.dumps(texts), "utf-8")
    assert check(tmp_path) == (1, f"de.json: {fault}\n")
