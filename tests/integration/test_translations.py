"""The business's own texts in the language of those who read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.answers import refused
from tests.support.commands import furnished
from tests.support.server import Server
from tests.support.translated import MARKUP, translated_demo

ALL = ["name", "description", "category"]
GERMAN = {"Accept-Language": "nl, de-AT;q=0.8, en;q=0.5"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("translated")
    server = Server.start(furnished(folder, translated_demo()), command="serve")
    yield server
    server.stop()


def service(answer: httpx2.Response) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()[0]
    return found


@pytest.mark.parametrize(
    ("language", "name", "description", "category", "missing"),
    [
        ("de", "Beratung", "Erstes Gespräch", "Gespräche", []),
        ("ar", "استشارة", "Initial consultation session", "Talks", ["description", "category"]),
        ("fr", "Consultation", "Initial consultation session", "Talks", ALL),
        ("en", "Consultation", "Initial consultation session", "Talks", []),
        ("es", MARKUP, MARKUP, "Talks", ["category"]),
    ],
)
def test_services_are_told_in_the_language_that_is_asked_for(
    server: Server,
    language: str,
    name: str,
    description: str,
    category: str,
    missing: list[str],
) -> None:
    answer = server.http.get("/api/v1/services", params={"lang": language}, headers=GERMAN)
    told = service(answer)
    assert (told["name"], told["description"], told["category"]) == (name, description, category)
    assert told["untranslated"] == missing
    assert answer.headers["Content-Language"] == ("en" if language == "fr" else language)


def test_the_address_of_a_service_is_the_same_in_all_languages(server: Server) -> None:
    urls = {
        service(server.http.get("/api/v1/services", params={"lang": each}))["url"]
        for each in ("en", "de", "ar", "fr")
    }
    assert urls == {f"{server.url}/book/consultation"}


def test_without_a_wish_the_languages_of_the_client_count(server: Server) -> None:
    german = server.http.get("/api/v1/services", headers=GERMAN)
    assert service(german)["name"] == "Beratung"
    assert "Accept-Language" in german.headers["Vary"]
    for header in ("nl, fr", "en, de", "*", "", ";;q=x,,"):
        answer = server.http.get("/api/v1/services", headers={"Accept-Language": header})
        assert service(answer)["name"] == "Consultation", header


def test_people_and_the_business_are_told_in_a_language_too(server: Server) -> None:
    business = server.http.get("/api/v1/business", params={"lang": "de-CH"})
    assert (business.json()["name"], business.json()["language"]) == ("Dibs Atelier", "en")
    assert business.headers["Content-Language"] == "de"
    people = server.http.get("/api/v1/resources", params={"lang": "de"}).json()
    assert people[0]["about"] == "Malt seit 2010"
    assert people[0]["untranslated"] == ["name"]


def test_the_same_answer_is_not_sent_again_and_each_language_has_its_own_tag(
    server: Server,
) -> None:
    tags = {}
    for language in ("en", "de", "fr"):
        for path in ("services", "resources"):
            answer = server.http.get(f"/api/v1/{path}", params={"lang": language})
            tag = tags[language, path] = answer.headers["ETag"]
            again = server.http.get(
                f"/api/v1/{path}", params={"lang": language}, headers={"If-None-Match": tag}
            )
            assert (again.status_code, again.content) == (304, b"")
    assert len(set(tags.values())) == 6
    other = server.http.get(
        "/api/v1/services", params={"lang": "de"}, headers={"If-None-Match": tags["en", "services"]}
    )
    assert other.status_code == 200


@pytest.mark.parametrize("tag", ["<b>", "d", "de_DE", "x" * 100, "de\u0000"])
def test_what_is_no_tag_is_refused(server: Server, tag: str) -> None:
    for path in ("business", "services", "resources"):
        answer = server.http.get(f"/api/v1/{path}", params={"lang": tag})
        assert refused(answer) == (422, "invalid"), path
