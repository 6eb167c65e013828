"""Questions and terms in a catalog file: read as written, and every fault reported with its
line."""

from __future__ import annotations

import pytest

from dibs.catalog_file import as_tables, dump, parse, read_tables
from dibs.errors import CatalogInvalid
from dibs.ledger.questions import Question, QuestionTexts
from tests.support.asking import QUESTIONS, TERMS, build_asking_demo

HERE = "#!"  # marks the line a fault must name

STUDIO = """
[business]
name = "Studio"
time_zone = "Europe/Berlin"

[[services]]
id = 1
name = "Talk"
duration = 45
resources = []

[[services.questions]]
id = "first"
label = "First?"
kind = "text"

[[services]]
id = 2
name = "Portrait"
duration = 45
resources = []

[[services.questions]]
id = "why"
label = "Why?"
kind = "text"

[[services.questions]]
id = "hair"
label = "Hair?"
kind = "choice"
choices = ["Short", "Long"]
required = true

[services.questions.translations.de]
label = "Haare?"
choices = ["Kurz", "Lang"]
"""


def test_questions_belong_to_the_service_above_them() -> None:
    services = parse(STUDIO).services
    assert services[1].questions == (Question("first", "First?", "text"),)
    german = {"de": QuestionTexts("Haare?", ("Kurz", "Lang"))}
    assert services[2].questions == (
        Question("why", "Why?", "text"),
        Question("hair", "Hair?", "choice", True, ("Short", "Long"), german),
    )


def test_questions_and_terms_are_written_and_read_again() -> None:
    demo = parse(build_asking_demo())
    assert demo.services[1].questions == QUESTIONS
    assert demo.business.terms == TERMS
    assert parse(dump(demo)) == read_tables(as_tables(demo)) == demo


def test_texts_are_in_the_language_or_in_that_of_the_business() -> None:
    german = parse(build_asking_demo()).translate_into("de-AT")
    labels = [question.label for question in german.services[1].questions]
    assert labels[:3] == ["Haben Sie Allergien?", QUESTIONS[1].label, "Wie lang ist Ihr Haar?"]
    assert german.services[1].questions[2].choices == ("Kurz", "Lang")
    assert QUESTIONS[0].list_untranslated("de") == []
    assert QUESTIONS[2].list_untranslated("fr") == ["questions.hair", "questions.hair.choices"]


FAULTS = {
    "no id": STUDIO.replace('[[services.questions]]\nid = "why"', "[[services.questions]] #!"),
    "an id with a space": STUDIO.replace('id = "why"', 'id = "why not" #!'),
    "an id in capitals": STUDIO.replace('id = "why"', 'id = "Why" #!'),
    "an id with a line break": STUDIO.replace('id = "why"', 'id = "why\\n" #!'),
    "an empty id": STUDIO.replace('id = "why"', 'id = "" #!'),
    "a long id": STUDIO.replace('id = "why"', f'id = "{"x" * 41}" #!'),
    "an id that is a number": STUDIO.replace('id = "why"', "id = 5 #!"),
    "an id twice": STUDIO.replace('id = "hair"', 'id = "why" #!'),
    "a blank label": STUDIO.replace('label = "Why?"', 'label = " " #!'),
    "a long label": STUDIO.replace('label = "Why?"', f'label = "{"x" * 201}" #!'),
    "a label of two lines": STUDIO.replace('label = "Why?"', 'label = "a\\nb" #!'),
    "an unknown kind": STUDIO.replace('"Why?"\nkind = "text"', '"Why?"\nkind = "date" #!'),
    "an unknown key": STUDIO.replace('label = "Why?"', 'label = "Why?"\nhelp = "x" #!'),
    "a text for required": STUDIO.replace("required = true", 'required = "yes" #!'),
    "one choice": STUDIO.replace('choices = ["Short", "Long"]', 'choices = ["Short"] #!').replace(
        'choices = ["Kurz", "Lang"]', ""
    ),
    "no choices": STUDIO.replace('choices = ["Short", "Long"]', "choices = [] #!").replace(
        'choices = ["Kurz", "Lang"]', ""
    ),
    "a choice twice": STUDIO.replace('["Short", "Long"]', '["Short", "Short"] #!'),
    "a blank choice": STUDIO.replace('["Short", "Long"]', '["Short", ""] #!'),
    "a long choice": STUDIO.replace('["Short", "Long"]', f'["Short", "{"x" * 201}"] #!'),
    "too many choices": STUDIO.replace(
        'choices = ["Short", "Long"]', f"choices = {[str(each) for each in range(51)]} #!"
    ).replace('choices = ["Kurz", "Lang"]', ""),
    "choices for a text": STUDIO.replace(
        'label = "Why?"', 'label = "Why?"\nchoices = ["a", "b"] #!'
    ),
    "fewer choices in a language": STUDIO.replace('["Kurz", "Lang"]', '["Kurz"] #!'),
    "a choice twice in a language": STUDIO.replace('["Kurz", "Lang"]', '["Kurz", "Kurz"] #!'),
    "a question in the own language": STUDIO.replace(
        "[services.questions.translations.de]", "[services.questions.translations.en] #!"
    ),
    "a question in an unknown language": STUDIO.replace(
        "[services.questions.translations.de]", "[services.questions.translations.nl] #!"
    ),
    "blank terms": STUDIO.replace('name = "Portrait"', 'name = "Portrait"\nterms = "" #!'),
    "long terms": STUDIO.replace('name = "Studio"', f'name = "S"\nterms = "{"x" * 10_001}" #!'),
    "terms that turn": STUDIO.replace('name = "Studio"', 'name = "S"\nterms = "\u202e" #!'),
    "terms that are no text": STUDIO.replace('name = "Studio"', 'name = "S"\nterms = true #!'),
}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FAULTS["fewer choices in a language"], "the question has 2 choices, and this language 1"),
        (FAULTS["terms that turn"], "has a character that can't be printed: U+202E"),
        (FAULTS["a label of two lines"], "has to be one line that can be printed, and has U+000A"),
    ],
)
def test_a_fault_says_what_is_wrong_with_the_text(text: str, said: str) -> None:
    with pytest.raises(CatalogInvalid) as refusal:
        parse(text)
    assert said in str(refusal.value.errors[0])


@pytest.mark.parametrize("text", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_named_by_its_line(text: str) -> None:
    wanted = next(
        number for number, line in enumerate(text.split("\n"), start=1) if line.endswith(HERE)
    )
    with pytest.raises(CatalogInvalid) as refusal:
        parse(text)
    assert [fault.partition(":")[0] for fault in refusal.value.errors] == [f"line {wanted}"]


def test_there_are_at_most_twenty_questions() -> None:
    more = "".join(
        f'\n[[services.questions]]\nid = "more{each}"\nlabel = "More?"\nkind = "text"\n'
        for each in range(19)
    )
    with pytest.raises(CatalogInvalid, match=r"services.1.questions: there are more than 20"):
        parse(STUDIO + more)
