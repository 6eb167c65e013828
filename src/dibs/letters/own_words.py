"""The language in which owners write the words of their letters: texts with variables.

It is the language of Jinja, but with nothing else than variables and conditions on them:
`{{ service }}` and `{% if place %}…{% else %}…{% endif %}`. There are no loops, sums, filters or
attributes. So the time to write a text depends only on its length, and a text can use nothing but
its variables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from dibs.letter_words import MAX_LENGTHS, MAX_WRITTEN, WORDS_PARTS
from dibs.letters.variables import LINKS, variables_of
from dibs.plain_text import UNPRINTABLE, is_blank

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jinja2 import Template

    from dibs.letter_words import LetterWords, WordsPart

#: How deep conditions may be nested.
MAX_DEPTH = 5
#: How many compiled texts are kept in memory.
MAX_READY = 256
GAP = re.compile(r"\n[ \t]*\n[\s]*")
#: No such character may follow a link, because it would still belong to the address.
REST_OF_LINK = r"(?![\w/?#&=%-])"
ONLY_NAMES = "write only the name of a variable between {{ and }}"
ONLY_CONDITIONS = "only {% if … %}, {% elif … %}, {% else %} and {% endif %} can stand there"
ONLY_PLAIN_CONDITIONS = "a condition is the name of a variable, or not and the name of a variable"
TOO_DEEP = f"more than {MAX_DEPTH} conditions are within each other"

_environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


@dataclass(frozen=True)
class OwnWords:
    """The words of an owner as they are in one letter: the parts that differ from the standard
    words, the links that the parts may contain, and whether they say why a request is declined."""

    parts: Mapping[str, str] = field(default_factory=dict)
    links: Sequence[str] = ()
    has_reason: bool = False

    def as_context(self, opening: str) -> dict[str, object]:
        """Return the value that templates can use as `words`. If the owner has written no closing,
        templates take the standard closing."""
        closing = self.parts.get("closing")
        return {
            "opening": opening,
            "opening_html": as_html(opening, self.links),
            "closing": closing,
            "closing_html": as_html(closing, self.links) if closing else "",
            "has_reason": self.has_reason,
        }


@dataclass(frozen=True)
class WordsFault:
    """What is wrong with one part of the words. `code` is for programs, `said` for people."""

    part: WordsPart
    code: str
    said: str
    limit: int | None = None


class UnusableWords(ValueError):
    """A text that can't be used; the message says why."""

    def __init__(self, code: str, said: str, line: int | None = None) -> None:
        super().__init__(f"line {line}: {said}" if line else said)
        self.code = code


def write_words(part: WordsPart, text: str, kind: str, values: Mapping[str, str]) -> str:
    """Return the text with the values in place of its variables. Raises UnusableWords, whatever is
    wrong with the text."""
    try:
        written = _ready(text, kind).render(values)
    except UnusableWords:
        raise
    except Exception as error:
        raise UnusableWords("malformed", f"it can't be read: {type(error).__name__}") from error
    if len(written) > MAX_WRITTEN[part]:
        raise UnusableWords("too_long", "it becomes too long with the names in it")
    if part == "subject":
        if is_blank(written):
            raise UnusableWords("malformed", "there is nothing in it if its variables are empty")
        return " ".join(UNPRINTABLE.sub(" ", written).split())
    return GAP.sub("\n\n", written.strip())


def names_in(text: str, kind: str) -> frozenset[str]:
    """Return the variables that a text uses, or nothing if the text is faulty."""
    try:
        return frozenset(each.name for each in _tree(text, kind).find_all(nodes.Name))
    except UnusableWords:
        return frozenset()


def as_html(written: str, links: Iterable[str]) -> Markup:
    """Return a text as HTML paragraphs, in which only these links become markup."""
    known = sorted((str(escape(each)) for each in links if each), key=len, reverse=True)
    paragraphs = [escape(each).replace("\n", Markup("<br>\n")) for each in GAP.split(written)]
    if known:
        link = re.compile(f"({'|'.join(map(re.escape, known))}){REST_OF_LINK}")
        paragraphs = [_add_links(link, each) for each in paragraphs]
    return Markup("\n").join(Markup("<p>{}</p>").format(each) for each in paragraphs)


def _add_links(link: re.Pattern[str], paragraph: Markup) -> Markup:
    return Markup(link.sub(r'<a href="\1">\1</a>', str(paragraph)))  # noqa: S704 - it is escaped


def links_in(values: Mapping[str, str]) -> list[str]:
    return [values[each] for each in LINKS]


def find_faults(
    kind: str, words: LetterWords, samples: Iterable[Mapping[str, str]]
) -> Iterator[WordsFault]:
    """Yield what is wrong with the words of a letter. Each part must be usable with all samples of
    values."""
    tried = list(samples)
    for part in WORDS_PARTS:
        text, limit = words.part(part), MAX_LENGTHS[part]
        if len(text) > limit:
            yield WordsFault(part, "too_long", f"it has more than {limit} characters", limit)
            continue
        try:
            _check_characters(part, text)
            for values in tried if text else ():
                write_words(part, text, kind, values)
        except UnusableWords as error:
            yield WordsFault(part, error.code, str(error))


def _check_characters(part: WordsPart, text: str) -> None:
    if text and is_blank(text):
        raise UnusableWords("malformed", "it is blank: leave it empty for the standard words")
    lines = [text] if part == "subject" else text.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines, start=1):
        found = UNPRINTABLE.search(line if part == "subject" else line.replace("\t", " "))
        if found is not None:
            said = f"U+{ord(found[0]):04X} can't be printed"
            if part == "subject" and found[0] in "\r\n":
                said = "a subject is one line"
            raise UnusableWords("malformed", said, None if part == "subject" else number)


@lru_cache(maxsize=MAX_READY)
def _ready(text: str, kind: str) -> Template:
    return _environment.from_string(_tree(text, kind))


def _tree(text: str, kind: str) -> nodes.Template:
    """Parse a text, and check that it has nothing but what is allowed. Raises UnusableWords."""
    try:
        tree = _environment.parse(text)
    except TemplateSyntaxError as error:
        raise UnusableWords("malformed", _explain(error), error.lineno) from None
    except RecursionError:
        raise UnusableWords("malformed", "it has too much within each other") from None
    _check_all(tree.body, frozenset(variables_of(kind)), 0)
    return tree


def _explain(error: TemplateSyntaxError) -> str:
    """Return Jinja's message in words for people who don't know Jinja."""
    said = str(error.message).rstrip(".")
    if said.startswith("Unexpected end of template"):
        return "an {% if … %} has no {% endif %}"
    if said.startswith("unexpected end of template"):
        return "a {{ or {% has no end"
    return f"this can't be read: {said[:1].lower()}{said[1:]}"


def _check_all(found: Iterable[nodes.Node], known: frozenset[str], depth: int) -> None:
    for node in found:
        if isinstance(node, nodes.Output):
            for each in node.nodes:
                if not isinstance(each, nodes.TemplateData):
                    _check_name(each, known, ONLY_NAMES)
        elif isinstance(node, nodes.If):
            if depth >= MAX_DEPTH:
                raise UnusableWords("malformed", TOO_DEEP, node.lineno)
            test = node.test.node if isinstance(node.test, nodes.Not) else node.test
            _check_name(test, known, ONLY_PLAIN_CONDITIONS)
            _check_all(node.body, known, depth + 1)
            _check_all(node.elif_, known, depth)
            _check_all(node.else_, known, depth + 1)
        else:
            raise UnusableWords("malformed", ONLY_CONDITIONS, node.lineno)


def _check_name(node: nodes.Node, known: frozenset[str], otherwise: str) -> None:
    if not isinstance(node, nodes.Name):
        raise UnusableWords("malformed", otherwise, node.lineno)
    if node.name not in known:
        said = f"there is no variable {node.name} in this letter"
        raise UnusableWords("unknown_variable", said, node.lineno)
