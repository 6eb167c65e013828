"""The package for React apps is packed and installed into a new Vite app, and a visitor uses the
app."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import book, open_day
from tests.support.days import at, wire, working_day
from tests.support.server import Server
from tests.support.sites import Site, another_site
from tests.support.waiting import until

FRONTEND = Path(__file__).parents[2] / "frontend"
#: The packages of the app, in the versions that the front end uses.
TOOLS = ("react", "react-dom", "vite", "typescript", "@types/react", "@types/react-dom")
APP = """
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { connectTo, DibsBooking, useSlots } from "dibs-react";

const server = "DIBS";

function Day() {
  const { state } = useSlots(connectTo(server), 1, 1, "DAY");
  const slots = "view" in state ? state.view.slots : [];
  return (
    <ul data-status={state.status}>
      {slots.map(({ starts_at, state }) => <li key={starts_at} data-at={starts_at}>{state}</li>)}
    </ul>
  );
}

function App() {
  const [said, say] = useState("");
  const [isShown, show] = useState(true);
  return (
    <>
      <Day />
      <p id="said">{said}</p>
      <button id="toggle" onClick={() => show(!isShown)}>Toggle</button>
      {isShown && (
        <DibsBooking
          server={server}
          service="1"
          staff="1"
          name="Ann Lee"
          onHeld={({ starts_at }) => say(starts_at)}
          onBooked={({ reference }) => say(reference)}
        >
          <a href={server}>Book a time</a>
        </DibsBooking>
      )}
    </>
  );
}

createRoot(document.getElementById("root")!).render(<StrictMode><App /></StrictMode>);
"""
FILES = {
    "index.html": '<!doctype html><html lang="en"><head><title>App</title></head><body>'
    '<div id="root"></div><script type="module" src="/main.tsx"></script></body></html>',
    "tsconfig.json": json.dumps(
        {
            "compilerOptions": {
                "strict": True,
                "noEmit": True,
                "jsx": "react-jsx",
                "target": "ES2022",
                "module": "ESNext",
                "moduleResolution": "bundler",
                "types": [],
                "lib": ["ES2023", "DOM", "DOM.Iterable"],
            },
            "include": ["main.tsx"],
        }
    ),
}


def run(*command: str, folder: Path) -> str:
    # Node is the one of this environment, as in the build itself.
    environment = os.environ | {"npm_config_update_notifier": "false"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pack the package and return the file. It is made in a copy, so that two tests can run at
    once."""
    folder = tmp_path_factory.mktemp("frontend")
    for each in FRONTEND.iterdir():
        if each.name == "node_modules":
            (folder / each.name).symlink_to(each)
        elif each.is_dir():
            shutil.copytree(each, folder / each.name)
        else:
            shutil.copy(each, folder)
    told = run("npm", "pack", "--json", folder=folder / "react")
    [packed] = json.loads(told[told.index("[") :])
    names = {each["path"] for each in packed["files"]}
    assert {"package.json", "README.md", "dist/index.js"} <= names
    assert not [name for name in names if not name.startswith(("dist/", "package", "README"))]
    assert not (folder / "react/dist").exists(), "nothing is left among the sources"
    return folder / "react" / str(packed["filename"])


@pytest.fixture
def site() -> Iterator[Site]:
    with another_site() as site:
        yield site


def test_it_installs_into_a_new_app_and_runs(
    package: Path,
    start_server: Callable[..., Server],
    site: Site,
    new_page: Callable[..., Page],
    watch_errors: Callable[[Page], None],
    tmp_path: Path,
) -> None:
    server = start_server(allowed_origins=site.url)
    make_app(tmp_path / "app", package, server.url)
    for path in (tmp_path / "app/dist").rglob("*.*"):
        name = path.relative_to(tmp_path / "app/dist").as_posix()
        site.files["/" if name == "index.html" else f"/{name}"] = path.read_text(encoding="utf-8")
    page = new_page()
    watch_errors(page)
    page.goto(site.url)
    slot = page.locator(f'li[data-at="{wire(at("10:00", working_day()))}"]')
    expect(slot).to_have_text("free")
    expect(page.locator("ul[data-status]")).to_have_attribute("data-status", "live")
    open_day(page, working_day())
    page.locator('button.slot[data-slot="10:00"]').click()
    expect(slot).to_have_text("held")
    expect(page.locator("#said")).to_have_text(wire(at("10:00", working_day())))
    page.locator("#toggle").click()
    expect(slot).to_have_text("free")
    page.locator("#toggle").click()
    open_day(page, working_day())
    book(page, "10:00")
    [(reference,)] = server.sql("SELECT reference FROM bookings WHERE status = 'confirmed'")
    until(lambda: page.locator("#said").text_content() == reference, "the app is told")
    expect(slot).to_have_text("taken")


def make_app(folder: Path, package: Path, server: str) -> None:
    versions = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    known = versions["dependencies"] | versions["devDependencies"]
    manifest = {
        "private": True,
        "type": "module",
        "dependencies": {name: known[name] for name in TOOLS} | {"dibs-react": f"file:{package}"},
    }
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps(manifest))
    app = APP.replace("DIBS", server).replace("DAY", str(working_day()))
    for name, text in (FILES | {"main.tsx": app}).items():
        (folder / name).write_text(text, encoding="utf-8")
    run("npm", "install", "--no-audit", "--no-fund", folder=folder)
    run("npx", "tsc", folder=folder)
    run("npx", "vite", "build", folder=folder)
    # A server that renders the app first has no `document`.
    run("node", "-e", "await import('dibs-react')", "--input-type=module", folder=folder)
