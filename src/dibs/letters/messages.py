"""Lists the messages of the templates, and finds faults in a catalog of translations."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from dibs.letters import languages, templates

METHODS = [("**.html", "jinja2.ext:babel_extract"), ("**.txt", "jinja2.ext:babel_extract")]
#: The spaces in messages are kept here, as they are when templates are rendered.
OPTIONS = {"**.html": {"trimmed": "false"}, "**.txt": {"trimmed": "false"}}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def template_messages(folder: Path = templates.FOLDER) -> Catalog:
    """Return all messages of the templates, with the places where they stand."""
    catalog = Catalog(charset="utf-8")
    found = extract_from_dir(str(folder), method_map=METHODS, options_map=OPTIONS)
    for file, line, message, comments, context in found:
        catalog.add(message, None, [(file, line)], auto_comments=comments, context=context)
    return catalog


def find_faults(file: Path, wanted: Catalog) -> list[str]:
    """Return what is wrong with a catalog of translations: missing messages, messages that no
    template has, and placeholders that differ."""
    with file.open("rb") as source:
        catalog = read_po(source, locale=file.stem)
    faults = []
    for message in wanted:
        if not message.id:
            continue
        found = catalog.get(message.id, message.context)
        forms = _forms(found.string) if found is not None else []
        count = catalog.num_plurals if message.pluralizable else 1
        if found is None or found.fuzzy or len(forms) < count or not all(forms):
            faults.append(f"not translated: {message.id!r}")
        elif not _placeholders_match(_forms(message.id), forms):
            faults.append(f"placeholders differ: {message.id!r}")
    unused = [each for each in catalog if each.id and wanted.get(each.id, each.context) is None]
    faults += [f"in no template: {each.id!r}" for each in unused]
    return faults


def catalog_files() -> list[Path]:
    return sorted(languages.FOLDER.glob("*.po"))


def _forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def _placeholders_match(wanted: list[str], forms: list[str]) -> bool:
    """Tell whether a translation has the placeholders of its message. A singular form may leave out
    the number."""
    most = _placeholders(wanted[-1])
    least = _placeholders(wanted[0])
    return _placeholders(forms[-1]) == most and all(
        least <= _placeholders(form) <= most for form in forms
    )


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))
