"""The templates of letters. Files in a folder of the owner can overrule them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import BytecodeCache, ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

if TYPE_CHECKING:
    from types import CodeType

    from jinja2.bccache import Bucket

    from dibs.letters.languages import Language

FOLDER = Path(__file__).parent / "templates"
#: Files of the folder with other endings are left alone.
ENDINGS = (".html", ".txt", ".css")


class CompiledTemplates(BytecodeCache):
    """Keeps compiled templates in memory. They are the same for every language, and to compile all
    templates of a letter takes a tenth of a second."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._codes.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = bucket.checksum, bucket.code


#: Compiled templates that escape everything (HTML), and those that escape nothing (text).
_COMPILED = {True: CompiledTemplates(), False: CompiledTemplates()}


class BrokenTemplate(ValueError):
    """A template of the owner's folder that can't be used; the message says which and why."""


class Templates:
    """Renders the templates of a folder and of the package. Without a folder, all are those of the
    package."""

    def __init__(self, folder: Path | None = None) -> None:
        """Raises BrokenTemplate if there is no such folder, or if one of its files overrules no
        template."""
        self._folder = folder
        self._environments: dict[tuple[str, bool], ImmutableSandboxedEnvironment] = {}
        if folder is not None:
            _check_names(folder)

    def render(self, name: str, language: Language, context: dict[str, object]) -> str:
        """Return the rendered template. Raises BrokenTemplate, whatever exception a template of the
        owner causes."""
        try:
            return self._environment(name, language).get_template(name).render(context)
        except TemplateError as error:
            line = getattr(error, "lineno", None)
            where = getattr(error, "name", None) or name
            place = f"{where}, line {line}" if line else where
            raise BrokenTemplate(f"template {place}: {error.message}") from error
        except Exception as error:
            raise BrokenTemplate(f"template {name}: {type(error).__name__}: {error}") from error

    def _environment(self, name: str, language: Language) -> ImmutableSandboxedEnvironment:
        """Return Jinja's environment for a template. For each language there is one for text, which
        escapes nothing, and one for HTML, which escapes everything."""
        is_html = name.endswith(".html")
        key = (language.tag, is_html)
        found = self._environments.get(key)
        if found is None:
            found = self._environments[key] = self._new_environment(language, is_html=is_html)
        return found

    def _new_environment(
        self, language: Language, *, is_html: bool
    ) -> ImmutableSandboxedEnvironment:
        own = [] if self._folder is None else [FileSystemLoader(self._folder)]
        environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([*own, FileSystemLoader(FOLDER)]),
            autoescape=is_html,
            bytecode_cache=_COMPILED[is_html],
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        translations: Any = environment
        translations.install_gettext_translations(language.translations, newstyle=True)
        return environment


def names() -> list[str]:
    """Return the names of all templates of the package."""
    return sorted(each.name for each in FOLDER.iterdir() if each.suffix in ENDINGS)


def _check_names(folder: Path) -> None:
    """Check that each template in the folder overrules one of the package.

    Raises BrokenTemplate.
    """
    if not folder.is_dir():
        raise BrokenTemplate(f"there is no folder {folder}")
    for file in sorted(folder.iterdir()):
        if file.suffix in ENDINGS and file.name not in names():
            known = ", ".join(names())
            raise BrokenTemplate(f"{file.name} overrules no template; there are {known}")
