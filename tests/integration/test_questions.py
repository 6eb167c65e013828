"""Questions and terms: visitors get them in their language."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.appointease import read_booking
from tests.support.asking import DESK, GERMAN_TERMS, OWN_TERMS, TERMS, build_asking_demo
from tests.support.commands import make_data_folder
from tests.support.days import at, wire
from tests.support.mail import MailSink, text_of
from tests.support.office import OWNER, OfficeBrowser, owner_token
from tests.support.server import Server
from tests.support.translated import MARKUP
from tests.support.waiting import until

ANN = "ann@example.com"
FORM: dict[str, Any] = {
    "answers": {"allergies": "=nuts()", "wishes": MARKUP, "hair": "Short", "grown_up": True},
    "accepted_terms": True,
    "language": "de",
}
KEPT = [
    {"id": "allergies", "label": "Haben Sie Allergien?", "answer": "=nuts()"},
    {"id": "wishes", "label": MARKUP, "answer": MARKUP},
    {"id": "hair", "label": "Wie lang ist Ihr Haar?", "answer": "Kurz"},
    {"id": "grown_up", "label": "I am 18 or older", "answer": True},
]


@pytest.fixture(scope="module")
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, sink: MailSink) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("asking")
    settings: dict[str, Any] = {"smtp_url": sink.url, "mail_from": "studio@dibs.example"}
    server = Server.start(
        make_data_folder(folder, build_asking_demo()), command="serve", **settings
    )
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
    business = server.http.get("/api/v1/business", params={"lang": "en"}).json()
    terms = (business["terms"], asking["terms"], other["terms"])
    assert terms == (TERMS, None, OWN_TERMS)
    assert asking["terms_version"] is None
    assert len({business["terms_version"], other["terms_version"], None}) == 3
    assert other["questions"] == []
    assert asking["languages"] == {}


def test_questions_and_terms_are_told_in_the_language_of_the_visitor(server: Server) -> None:
    asking, other, *_ = services(server, "de")
    hair = asking["questions"][2]
    assert (hair["label"], hair["choices"]) == ("Wie lang ist Ihr Haar?", ["Kurz", "Lang"])
    untold = [key for key in asking["languages"] if "questions" in key or key == "terms"]
    business = server.http.get("/api/v1/business", params={"lang": "de"}).json()
    assert (business["terms"], "terms" in business["languages"]) == (GERMAN_TERMS, False)
    assert untold == ["questions.wishes", "questions.grown_up", "questions.guests"]
    assert asking["languages"]["questions.guests"] == "en"
    assert (other["terms"], other["languages"]["terms"]) == (OWN_TERMS, "en")
    french = services(server, "fr")[0]
    assert french["languages"]["questions.hair.choices"] == "en"
    business = server.http.get("/api/v1/business", params={"lang": "fr"}).json()
    assert (business["terms"], business["languages"]["terms"]) == (TERMS, "en")


def test_answers_reach_those_who_need_them(server: Server, sink: MailSink, day: date) -> None:
    """The customer and the business get them by letter, the office shows them, and files of
    bookings contain them."""
    start = {"service_id": 1, "resource_id": 1, "starts_at": wire(at("10:00", day))}
    body = {**start, "customer": {"name": "Ann Lee", "email": ANN}, **FORM}
    made = server.http.post("/api/v1/bookings", json=body)
    assert made.status_code == 201, made.text
    booking = made.json()
    token = {"Authorization": f"Bearer {booking['manage_token']}"}
    found = server.http.get(f"/api/v1/bookings/{booking['reference']}", headers=token).json()
    assert (found["answers"], found["accepted_terms"]) == (KEPT, GERMAN_TERMS)

    for address, yes in ((ANN, "Ja"), (DESK, "Yes")):
        until(lambda to=address: sink.messages_to(to), f"a letter to {address}")
        lines = text_of(sink.messages_to(address)[0]).splitlines()
        for said in ("Haben Sie Allergien?", "=nuts()", MARKUP, "Kurz", "I am 18 or older", yes):
            assert said in lines, address

    owner = OfficeBrowser(server.url)
    assert owner.use_link(owner_token(server), **OWNER).status_code == 201
    shown = owner.get(f"/bookings/{booking['reference']}").json()["booking"]
    assert (shown["answers"], shown["accepted_terms"]) == (KEPT, GERMAN_TERMS)
    (exported,) = owner.get("/bookings/export", params={"format": "json"}).json()
    assert exported["answers"] == KEPT
    text = owner.get("/bookings/export").text.removeprefix("\ufeff")
    (row,) = csv.DictReader(text.splitlines(keepends=True))
    assert row["answers"].splitlines() == [
        "Haben Sie Allergien? =nuts()",
        f"{MARKUP} {MARKUP}",
        "Wie lang ist Ihr Haar? Kurz",
        "I am 18 or older yes",
    ]
    assert datetime.fromisoformat(row["terms_accepted_at"]).tzinfo is not None
    office = {**start, "starts_at": wire(at("14:00", day)), "customer": {"name": "Carl"}}
    booked_by_owner = owner.post("/bookings", office)
    assert booked_by_owner.status_code == 201, booked_by_owner.text
    owner.close()
    assert "nuts" not in server.log.read_text()
    assert "nuts" not in server.http.get("/metrics").text


def test_clients_of_appointease_are_asked_nothing(server: Server, plugin_client: Any) -> None:
    assert read_booking(plugin_client(server, "Ann").book("11:00"))
