"""The demo with questions and terms."""

from __future__ import annotations

from dataclasses import replace

from dibs.catalog_file import dump, parse
from dibs.ledger.questions import Question, QuestionTexts
from tests.support.catalog_files import without_horizon
from tests.support.translated import MARKUP

QUESTIONS = (
    Question(
        "allergies",
        "Do you have allergies?",
        "text",
        translations={"de": QuestionTexts("Haben Sie Allergien?")},
    ),
    Question("wishes", MARKUP, "long_text"),
    Question(
        "hair",
        "How long is your hair?",
        "choice",
        required=True,
        choices=("Short", "Long"),
        translations={"de": QuestionTexts("Wie lang ist Ihr Haar?", ("Kurz", "Lang"))},
    ),
    Question("grown_up", "I am 18 or older", "checkbox", required=True),
    Question("guests", "كم عدد الضيوف؟", "number"),
)
TERMS = "No-shows pay half.\nSee you soon."
GERMAN_TERMS = "Wer nicht kommt, zahlt die Hälfte."
DESK = "desk@example.com"
OWN_TERMS = "Bring your own towel."


def build_asking_demo() -> str:
    """Return a catalog whose business has terms. Its first service asks one question of each kind.
    The second service has terms of its own and asks nothing."""
    demo = parse(without_horizon())
    return dump(
        replace(
            demo,
            business=replace(
                demo.business,
                terms=TERMS,
                translations={"de": {"terms": GERMAN_TERMS}},
                email=DESK,
                letters=("new",),
            ),
            services={
                **demo.services,
                1: replace(demo.services[1], questions=QUESTIONS),
                2: replace(demo.services[2], terms=OWN_TERMS),
            },
        )
    )
