"""Only packages that were checked are installed: by hash, from whichever registry the installer
uses."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
PIN = re.compile(r"[A-Za-z0-9._-]+(\[[a-z0-9,_-]+\])?==[^\s;]+( ; .+)?")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
#: Written in parts, so that this file doesn't count as a file that names a registry.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("npmmirror", "com"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
    )
]


def requirements(lock: Path) -> list[list[str]]:
    """Return each requirement with its hashes."""
    joined = lock.read_text().replace("\\\n", "")
    return [line.split("    ") for line in joined.splitlines() if line and line[0] != "#"]


def test_there_is_a_lock_for_each_purpose() -> None:
    purposes = ["bootstrap", "build", "dev", "run"]
    assert [lock.name for lock in LOCKS] == [f"requirements-{each}.lock" for each in purposes]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_with_its_hashes(lock: Path) -> None:
    pinned = requirements(lock)
    assert pinned
    for requirement, *hashes in pinned:
        assert PIN.fullmatch(requirement.strip()), requirement
        assert hashes, requirement
        assert all(HASH.fullmatch(each.strip()) for each in hashes), requirement


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_place_to_download_from(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    assert " @ " not in text
    assert not re.search(
        r"^\s*-(-index-url|-extra-index-url|-find-links|i |f )", text, re.MULTILINE
    )


def test_what_runs_is_pinned_alike_for_running_and_for_developing() -> None:
    run, dev = (
        {requirement for requirement, *_ in requirements(ROOT / f"requirements-{purpose}.lock")}
        for purpose in ("run", "dev")
    )
    assert run <= dev


def test_every_package_of_the_page_has_its_hash_and_no_address() -> None:
    text = (ROOT / "frontend" / "package-lock.json").read_text()
    lock = json.loads(text)
    assert lock["lockfileVersion"] == 3
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name
    for block in ("dependencies", "devDependencies"):
        for name, version in lock["packages"][""].get(block, {}).items():
            assert re.fullmatch(r"[0-9][^:/]*", version), name
    assert '"resolved"' not in text
    assert [host for host in REGISTRIES if host in text] == []


def test_no_file_of_the_repository_names_a_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    assert Path(__file__) in files
    naming = [
        (str(file.relative_to(ROOT)), host)
        for file in files
        if file.is_file()
        for host in REGISTRIES
        if host.encode() in file.read_bytes()
    ]
    assert naming == []
