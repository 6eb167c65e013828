"""All links in the documentation lead to pages, headings and files that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)

ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
#: A path in docs/architecture.md starts at the top of the repository, or in the package.
FOLDERS = (ROOT, ROOT / "src" / "dibs")


def links(page: Path) -> list[str]:
    """Return the links of a page to files of the repository."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    return [link for link in LINK.findall(text) if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    """Return the names that GitHub gives the headings of a page."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


def test_each_link_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in PAGES
        for link in links(page)
        if not leads_somewhere(page, link)
    ]
    assert broken == []


def test_there_are_links_to_check() -> None:
    assert sum(len(links(page)) for page in PAGES) > 50


def test_each_page_of_the_documentation_is_linked() -> None:
    linked = {
        (page.parent / link.partition("#")[0]).resolve() for page in PAGES for link in links(page)
    }
    lonely = [page for page in (ROOT / "docs").rglob("*.md") if page.resolve() not in linked]
    assert lonely == []


def files_of_the_trees() -> Iterator[Path]:
    """Yield the files in the trees of docs/architecture.md.

    Each line starts with names, and then describes them. The names of a folder's files are
    indented.
    """
    for tree in re.findall(r"^```\n(.*?)^```", ARCHITECTURE, re.MULTILINE | re.DOTALL):
        folders = [ROOT]
        for line in tree.splitlines():
            names = re.split(r"  +", line.strip())[0].split(", ")
            del folders[(len(line) - len(line.lstrip())) // 2 + 1 :]
            yield from (folders[-1] / name for name in names)
            folders.append(folders[-1] / names[0])


def test_the_trees_show_what_is_there() -> None:
    shown = list(files_of_the_trees())
    assert len(shown) > 100
    assert [str(path.relative_to(ROOT)) for path in shown if not path.exists()] == []


def test_the_tree_shows_every_module() -> None:
    package = ROOT / "src" / "dibs"
    modules = {
        path
        for path in package.rglob("*.py")
        if path.name != "__init__.py" and "migrations" not in path.parts
    }
    assert sorted(modules - set(files_of_the_trees())) == []


def test_each_file_that_the_architecture_names_exists() -> None:
    named = re.findall(r"`([\w./-]+\.(?:py|lua|tsx?|css|json))`", ARCHITECTURE)
    assert len(named) > 30
    assert [name for name in named if not any((folder / name).exists() for folder in FOLDERS)] == []


def test_each_name_that_the_architecture_calls_is_defined() -> None:
    named = re.findall(r"`(?:\w+\.)?(\w+)\(\)`", ARCHITECTURE)
    code = "".join(path.read_text() for path in (ROOT / "src" / "dibs").rglob("*.py"))
    assert len(named) > 10
    assert [name for name in named if f"def {name}(" not in code] == []
