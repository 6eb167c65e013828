"""A clone becomes a running Dibs with one command, on a machine with Python and without Node."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests.support.server import environment
from tests.support.waiting import until

ROOT = Path(__file__).parents[2]
SYSTEM = ("/usr/bin", "/bin")
UP_WITHIN = 180.0


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Copy the files that git would clone, as they are in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    target = tmp_path / "clone"
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return target


@pytest.fixture
def path_without_node(tmp_path: Path) -> str:
    folder = tmp_path / "bin"
    folder.mkdir()
    for system in map(Path, SYSTEM):
        for program in system.iterdir():
            if program.name not in ("node", "npm", "npx", "corepack", "python3", "uv"):
                link = folder / program.name
                if not link.exists():
                    link.symlink_to(program)
    (folder / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    return str(folder)


def test_up_sets_everything_up_without_node(clone: Path, path_without_node: str) -> None:
    log = clone / "up.log"
    kept = environment() | {"PATH": path_without_node}
    kept.pop("VIRTUAL_ENV", None)
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["./dibs", "up", "--port", "0"],
            cwd=clone,
            env=kept,
            stdout=output,
            stderr=subprocess.STDOUT,
        )

    def address() -> str | None:
        if process.poll() is not None:
            raise AssertionError(f"dibs stopped: {log.read_text()}")
        found = re.search(r"Dibs is ready: (http://\S+)/\n", log.read_text())
        return found[1] if found else None

    try:
        url = until(address, "it is up", within=UP_WITHIN, every=0.2)
        page = httpx2.get(url)
        assert page.status_code == 200
        for asset in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text):
            assert httpx2.get(url + asset).status_code == 200
        assert (clone / "data" / "dibs.db").exists()
        (packages,) = (clone / ".venv" / "lib").glob("python3*/site-packages")
        installed = {each.name.partition("-")[0].lower() for each in packages.glob("*.dist-info")}
        assert "dibs" in installed
        assert not installed & {"pip", "setuptools"}
    finally:
        # The bootstrap ends in exec, so the process that was started is now the server.
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
