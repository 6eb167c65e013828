"""The owner changes the words of letters, in the office and by the catalog file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.integration.office.conftest import NewBrowser, NewUser
from tests.support.answers import fields, refusal_of
from tests.support.office import OfficeBrowser

WORDS = "/letters/words"
CLOSING = "See you,\n  Sarah & Mike"


def read(owner: OfficeBrowser, kind: str = "confirmed", language: str = "de") -> dict[str, Any]:
    answer = owner.get(f"{WORDS}/{kind}/{language}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def change(
    owner: OfficeBrowser, kind: str = "confirmed", language: str = "de", **words: str
) -> httpx2.Response:
    version = read(owner, kind, language)["version"]
    return owner.http.put(f"{WORDS}/{kind}/{language}", json={"version": version, **words})


@pytest.fixture
def tidy(owner: OfficeBrowser) -> Iterator[OfficeBrowser]:
    """Yield the owner. In the end all letters have the standard words again."""
    yield owner
    for each in owner.get(WORDS).json()["changed"]:
        assert change(owner, each["kind"], each["language"]).status_code == 200


def test_words_are_changed_and_become_the_standard_ones_again(tidy: OfficeBrowser) -> None:
    before = read(tidy)
    assert before["words"] == {"subject": "", "opening": "", "closing": ""}
    assert before["standard"]["opening"].startswith("Guten Tag {{ customer_name }}")
    assert {"name": "service", "means": "what is booked"} in before["variables"]
    assert before["faults"] == []
    answer = change(tidy, subject="Bis bald, {{ customer_name }}", closing="Tschüss\r\n\r\nSarah")
    assert answer.status_code == 200, answer.text
    after = read(tidy)
    assert after == answer.json()
    assert after["words"]["closing"] == "Tschüss\n\nSarah"
    assert after["version"] != before["version"]
    assert tidy.get(WORDS).json()["changed"] == [
        {"kind": "confirmed", "language": "de", "faults": []}
    ]
    for tag in ("de", "de-AT"):
        letters = tidy.get("/letters", params={"language": tag}).json()["letters"]
        (letter,) = (
            each
            for each in letters
            if (each["kind"], each["recipient"]) == ("confirmed", "customer")
        )
        assert letter["subject"] == "Bis bald, Ann Miller"
        assert "Tschüss\n\nSarah" in letter["text"]
    assert "Tschüss" in tidy.get("/letters/html", params={"language": "de"}).text
    assert "Tschüss" not in tidy.get("/letters/html", params={"language": "en"}).text
    (entry,) = tidy.get("/audit", params={"limit": 1}).json()["entries"]
    assert entry["action"] == "letter_words.changed"
    assert entry["details"] == {
        "letter": "confirmed",
        "language": "de",
        "subject": ["", "Bis bald, {{ customer_name }}"],
        "closing": ["", "Tschüss\n\nSarah"],
    }
    assert change(tidy).json() == before
    assert tidy.get(WORDS).json()["changed"] == []


def test_nobody_undoes_what_somebody_else_did_meanwhile(tidy: OfficeBrowser) -> None:
    version = read(tidy)["version"]
    assert change(tidy, subject="Mine").status_code == 200
    late = {"version": version, "subject": "Late"}
    answer = tidy.http.put(f"{WORDS}/confirmed/de", json=late)
    assert refusal_of(answer) == (409, "changed_meanwhile")
    assert read(tidy)["words"]["subject"] == "Mine"


def test_what_is_wrong_is_said_at_the_field_with_its_line(tidy: OfficeBrowser) -> None:
    answer = change(tidy, subject="x" * 201, opening="Hi\n{{ nam }}", closing="{% if place %}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [
        {
            "field": "subject",
            "code": "too_long",
            "limit": 200,
            "detail": "it has more than 200 characters",
        },
        {
            "field": "opening",
            "code": "unknown_variable",
            "detail": "line 2: there is no variable nam in this letter",
        },
        {
            "field": "closing",
            "code": "malformed",
            "detail": "line 1: an {% if … %} has no {% endif %}",
        },
    ]
    assert fields(change(tidy, heading="x")) == {"heading": "unknown_field"}
    assert fields(change(tidy, opening="x" * 100_001)) == {"opening": "too_long"}
    assert read(tidy)["words"]["subject"] == ""
    for path in ("confirmed/nl", "confirmed/de-AT"):
        assert refusal_of(tidy.get(f"{WORDS}/{path}")) == (404, "not_found")
    assert refusal_of(tidy.get(f"{WORDS}/code/de")) == (422, "invalid")


def test_a_preview_stores_nothing_and_is_checked_the_same_way(tidy: OfficeBrowser) -> None:
    words = {"subject": "Salut {{ service }}", "opening": "<script>alert(1)</script>"}
    answer = tidy.post(f"{WORDS}/moved/fr/preview", words)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert shown["subject"] == "Salut Deep tissue massage"
    assert "<script>" in shown["text"]
    assert "<script>" not in shown["html"]
    assert 'lang="fr"' in shown["html"]
    assert fields(tidy.post(f"{WORDS}/moved/fr/preview", {"closing": "{{ x }}"})) == {
        "closing": "unknown_variable"
    }
    assert refusal_of(tidy.post(f"{WORDS}/moved/nl/preview", {})) == (404, "not_found")
    assert read(tidy, "moved", "fr")["words"]["subject"] == ""


def test_the_catalog_file_has_the_words(tidy: OfficeBrowser) -> None:
    assert change(tidy, opening='Hi "{{ person }}" \\o/\n\nBye', closing=CLOSING).status_code == 200
    text = tidy.get("/catalog.toml").text
    assert '[letters.confirmed.de]\nopening = """\nHi' in text
    assert tomllib.loads(text)["letters"] == {
        "confirmed": {"de": {"opening": 'Hi "{{ person }}" \\o/\n\nBye', "closing": CLOSING}}
    }

    def apply(toml: str) -> httpx2.Response:
        version = tidy.get("/catalog").json()["version"]
        body = {"toml": toml, "version": version}
        return tidy.http.put("/catalog.toml", json=body)

    assert apply(text).json()["changes"] == []
    other = text.replace("[letters.confirmed.de]", "[letters.reminder.en]")
    assert apply(other).json()["changes"] == [
        "words of the letter confirmed in de: the standard ones again",
        "words of the letter reminder in en: changed",
    ]
    assert read(tidy, "reminder", "en")["words"]["closing"] == CLOSING
    line = other.splitlines().index("[letters.reminder.en]") + 2
    wrong = apply(other.replace("{{ person }}", "{{ who }}"))
    (fault,) = wrong.json()["errors"]
    assert fault["detail"].startswith(f"line {line}: opening: line 1: there is no variable who")
    for wrong_header in ("[letters.reminder.nl]", "[letters.code.en]"):
        assert apply(other.replace("[letters.reminder.en]", wrong_header)).status_code == 422


def test_managers_change_words_and_staff_do_not(
    tidy: OfficeBrowser, browser: NewBrowser, user: NewUser
) -> None:
    staff, manager = browser(), browser()
    staff.sign_in(user("staff")["email"])
    manager.sign_in(user("manager")["email"])
    assert refusal_of(staff.get(f"{WORDS}/confirmed/de")) == (403, "forbidden")
    body = {"version": read(tidy)["version"], "subject": "Staff"}
    path = f"{WORDS}/confirmed/de"
    assert refusal_of(staff.http.put(path, json=body)) == (403, "forbidden")
    assert change(manager, subject="Manager").status_code == 200
