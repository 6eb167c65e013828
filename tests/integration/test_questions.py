"""Questions and terms: told to those who book, in their language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.asking import GERMAN_TERMS, OWN_TERMS, TERMS, asking_demo
from tests.support.commands import furnished
from tests.support.server import Server
from tests.support.translated import MARKUP


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("asking")
    server = Server.start(furnished(folder, asking_demo()), command="serve")
    yield server
    server.stop()


def services(server: Server, language: str) -> list[Any]:
    found: list[Any] = server.http.get("/api/v1/services", params={"lang": language}).json()
    return found


def test_services_say_what_is_asked(server: Server) -> None:
    asking, other, *_ = services(server, "en")
    assert asking["questions"][2] == {
        "id": "hair",
        "label": "How long is your hair?",
        "kind": "choice",
        "required": True,
        "choices": ["Short", "Long"],
    }
    kinds = [(each["id"], each["kind"], each["choices"]) for each in asking["questions"]]
    assert kinds == [
        ("allergies", "text", []),
        ("wishes", "long_text", []),
        ("hair", "choice", ["Short", "Long"]),
        ("grown_up", "checkbox", []),
        ("guests", "number", []),
    ]
    assert asking["questions"][1]["label"] == MARKUP
    assert (asking["terms"], other["terms"], other["questions"]) == (TERMS, OWN_TERMS, [])
    assert asking["languages"] == {}


def test_questions_and_terms_are_told_in_the_language_of_the_visitor(server: Server) -> None:
    asking, other, *_ = services(server, "de")
    hair = asking["questions"][2]
    assert (hair["label"], hair["choices"]) == ("Wie lang ist Ihr Haar?", ["Kurz", "Lang"])
    assert asking["terms"] == GERMAN_TERMS
    untold = [key for key in asking["languages"] if "questions" in key or key == "terms"]
    assert untold == ["questions.wishes", "questions.grown_up", "questions.guests"]
    assert asking["languages"]["questions.guests"] == "en"
    assert (other["terms"], other["languages"]["terms"]) == (OWN_TERMS, "en")
    french = services(server, "fr")[0]
    assert (french["terms"], french["languages"]["terms"]) == (TERMS, "en")
    assert french["languages"]["questions.hair.choices"] == "en"
    business = server.http.get("/api/v1/business", params={"lang": "fr"}).json()
    assert "terms" not in business["languages"]
