"""The standard words of letters, with variables, as a text that an owner can begin with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dibs.letter_words import LetterWords
from dibs.letters.context import context_of
from dibs.letters.moment import Moment
from dibs.letters.samples import sample_letter

if TYPE_CHECKING:
    from dibs.letters.languages import Language
    from dibs.letters.letter import Business, LetterKind
    from dibs.letters.templates import Templates

NO_CHANGES = {"opening": "", "opening_html": "", "closing": None, "closing_html": ""}


def standard_words(
    templates: Templates, kind: LetterKind, language: Language, business: Business
) -> LetterWords:
    """Return the standard words of a kind of letter. Raises BrokenTemplate."""
    if kind != "moved":
        return _render_words(templates, kind, language, business, has_moved=False)
    moved, stays = (
        _render_words(templates, kind, language, business, has_moved=has_moved)
        for has_moved in (True, False)
    )
    return LetterWords(
        _choose_by_variable("former_start", moved.subject, stays.subject),
        _choose_by_variable("former_start", moved.opening, stays.opening),
        moved.closing,
    )


def _render_words(
    templates: Templates,
    kind: LetterKind,
    language: Language,
    business: Business,
    *,
    has_moved: bool,
) -> LetterWords:
    letter = replace(sample_letter(kind, "customer", language.tag), business=business)
    context = context_of(letter, language) | _name_variables(context_of(letter, language))
    context["former"] = context["when"] if has_moved else None
    subject, opening, closing = (
        templates.render(f"{name}.txt", language, context).strip()
        for name in (f"{kind}.subject", f"{kind}.opening", "closing")
    )
    return LetterWords(subject, opening, closing)


def _name_variables(context: dict[str, object]) -> dict[str, object]:
    """Return the part of a context in which the names of variables stand in place of values."""
    return {
        "appointment": replace(
            context["appointment"],  # type: ignore[type-var]
            customer_name=_name("customer_name"),
            service=_name("service"),
            resource=_name("person"),
        ),
        "business": replace(context["business"], name=_name("business")),  # type: ignore[type-var]
        "when": Moment(_name("date"), _name("short_date"), _name("time"), "", _name("time_zone")),
        "answer_until": Moment(_name("answer_date"), "", _name("answer_time"), "", ""),
        "is_request": False,
        "reason": _name("reason"),
        "words": NO_CHANGES,
    }


def _name(variable: str) -> str:
    return f"{{{{ {variable} }}}}"


def _choose_by_variable(variable: str, one: str, other: str) -> str:
    """Return a text that is `one`, or `other` if the variable is empty. Both must have the same
    number of paragraphs."""
    return "\n\n".join(
        first
        if first == second
        else f"{{% if {variable} %}}{first}{{% else %}}{second}{{% endif %}}"
        for first, second in zip(one.split("\n\n"), other.split("\n\n"), strict=False)
    )
