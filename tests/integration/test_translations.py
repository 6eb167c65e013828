"""The translations of a business reach those who read their languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.integration.test_service_pages import json_ld, meta, title
from tests.support.answers import refusal_of
from tests.support.commands import make_data_folder
from tests.support.server import Server
from tests.support.translated import MARKUP, translated_demo

ALL = ["name", "description", "category"]
GERMAN = {"Accept-Language": "nl, de-AT;q=0.8, en;q=0.5"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("translated")
    server = Server.start(make_data_folder(folder, translated_demo()), command="serve")
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
    assert told["languages"] == dict.fromkeys(missing, "en")
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
    assert people[0]["languages"] == {"name": "en"}


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
        assert refusal_of(answer) == (422, "invalid"), path


def head_of(page: httpx2.Response) -> str:
    return page.text.partition("</head>")[0]


def test_programs_read_the_page_in_its_language(server: Server) -> None:
    page = server.http.get("/book/consultation", headers=GERMAN)
    assert title(page) == "Beratung · Dibs Atelier"
    assert meta(page, "description") == meta(page, "og:description") == "Erstes Gespräch"
    told = json_ld(page)
    assert (told["name"], told["category"]) == ("Beratung", "Gespräche")
    assert told["provider"]["name"] == "Dibs Atelier"
    arabic = server.http.get("/", params={"lang": "ar"})
    assert title(arabic) == "استوديو ديبس"
    assert meta(arabic, "description").startswith("استشارة, Premium Service")


def test_each_language_of_the_page_has_an_address(server: Server) -> None:
    address = f"{server.url}/book/consultation"
    for asked, canonical in (("", address), ("?lang=de", f"{address}?lang=de")):
        head = head_of(server.http.get(f"/book/consultation{asked}", headers=GERMAN))
        assert f'<link rel="canonical" href="{canonical}">' in head
        assert f'<link rel="alternate" hreflang="x-default" href="{address}">' in head
        for tag in ("ar", "de", "en", "es", "fr"):
            link = f'<link rel="alternate" hreflang="{tag}" href="{address}?lang={tag}">'
            assert link in head
    unknown = head_of(server.http.get("/book/consultation?lang=<b>", headers=GERMAN))
    assert f'<link rel="canonical" href="{address}">' in unknown


def test_markup_in_a_translation_stays_text_in_the_page(server: Server) -> None:
    page = server.http.get("/book/consultation?lang=es")
    assert "<img" not in page.text
    assert title(page) == f"{MARKUP} · {MARKUP}"
    assert json_ld(page)["name"] == MARKUP
