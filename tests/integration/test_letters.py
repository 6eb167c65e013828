"""Letters of a running server, by a real mail server: sent once, whatever fails meanwhile."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.integration.conftest import MODES
from tests.support.appointease import PluginClient, read_booking
from tests.support.catalog_files import without_horizon
from tests.support.commands import dibs, make_data_folder
from tests.support.days import at, wire
from tests.support.mail import MailSink, text_of
from tests.support.server import Server
from tests.support.stack import Stack
from tests.support.translated import translated_demo
from tests.support.visitor import CUSTOMER
from tests.support.waiting import until

pytestmark = pytest.mark.scenario(24)

ANN = "ann@example.com"
Start = Callable[[], Server]


@pytest.fixture
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


@pytest.fixture(params=MODES)
def start(request: pytest.FixtureRequest, tmp_path: Path, sink: MailSink) -> Iterator[Start]:
    """Yield a function that starts a server with a mail server, over the same data each time."""
    started: list[Server] = []
    settings: dict[str, Any] = {"smtp_url": sink.url, "mail_from": "studio@dibs.example"}
    if request.param == "production":
        stack: Stack = request.getfixturevalue("stack")

    def start() -> Server:
        if request.param == "production":
            started.append(stack.node(**settings))
        else:
            data = tmp_path / "data"
            if not data.exists():
                make_data_folder(tmp_path, without_horizon())
            started.append(Server.start(data, command="serve", **settings))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop()


def outbox(server: Server, *arguments: str) -> list[dict[str, Any]]:
    given = server.settings if "database_url" in server.settings else {"data": server.data}
    outcome = dibs("outbox", "--json", *arguments, **given)
    assert outcome.code == 0, outcome.complained
    rows: list[dict[str, Any]] = json.loads("\n".join(outcome.said))
    return rows


def sent_to(sink: MailSink, address: str, count: int) -> list[EmailMessage]:
    """Wait until this many letters have come to an address, and return them."""
    until(lambda: len(sink.messages_to(address)) >= count, f"{count} letters have come")
    return sink.messages_to(address)


def all_done(server: Server) -> bool:
    """Tell whether every letter so far is sent, refused or given up.

    One statement counts events and deliveries, because an event could become a delivery between two
    statements.
    """
    events = "SELECT count(*) FROM outbox WHERE due_at IS NOT NULL"
    waiting = "SELECT count(*) FROM deliveries WHERE due_at IS NOT NULL AND lead = 0"
    return server.sql(f"SELECT ({events}), ({waiting})") == [(0, 0)]


def test_each_change_of_a_booking_is_told(start: Start, sink: MailSink, day: date) -> None:
    server = start()
    ann = server.visitor()
    booking = ann.book(at("10:00", day), email=ANN).json()
    sent_to(sink, ANN, 1)
    assert ann.reschedule(booking, at("11:00", day)).status_code == 200
    sent_to(sink, ANN, 2)
    assert ann.cancel(booking).status_code == 200
    sent_to(sink, ANN, 3)
    until(lambda: all_done(server), "all letters are done")
    messages = sink.messages_to(ANN)
    assert len(messages) == len({each["Message-ID"] for each in messages}) == 3
    assert {str(each["References"]) for each in messages} == {
        f"<{booking['reference']}@dibs.example>"
    }
    assert outbox(server) == []
    assert [row["state"] for row in outbox(server, "--all") if not row["reason"]] == ["sent"] * 3


def apply(server: Server, text: str, file: Path) -> None:
    file.write_text(text, encoding="utf-8")
    given = server.settings if "database_url" in server.settings else {"data": server.data}
    applied = dibs("catalog", "apply", file, "--yes", **given)
    assert applied.code == 0, applied.complained


def language_of(letter: EmailMessage) -> str:
    html = letter.get_body(("html",))
    assert html is not None
    (tag,) = re.findall(r'<html lang="([^"]+)"', html.get_content())
    return str(tag)


def test_letters_are_in_the_language_of_the_reader_or_else_of_the_business(
    start: Start,
    sink: MailSink,
    day: date,
    plugin_client: Callable[..., PluginClient],
    tmp_path: Path,
) -> None:
    server, studio = start(), "studio@example.com"
    head = f'language = "de-AT"\nemail = "{studio}"\nletters = ["new"]\n'
    catalog = without_horizon().replace(f'email = "{studio}"\n', head, 1)
    apply(server, catalog, tmp_path / "german.toml")
    ann = server.visitor()
    for count, (language, found) in enumerate([("en-GB", "en-GB"), ("nl", "en"), (None, "de-AT")]):
        what = {"service_id": 1, "resource_id": 1, "starts_at": wire(at(f"1{count}:00", day))}
        reader = {"language": language, "customer": CUSTOMER | {"email": ANN}}
        assert ann.http.post("/api/v1/bookings", json=what | reader).status_code == 201
        assert language_of(sent_to(sink, ANN, count + 1)[-1]) == found
        assert language_of(sent_to(sink, studio, count + 1)[-1]) == "de-AT"
        asks = f"asks{count}@example.com"
        code = {"email": asks, "language": language}
        assert ann.http.post("/api/v1/session/codes", json=code).status_code == 202
        assert language_of(sent_to(sink, asks, 1)[0]) == found
    client = plugin_client(server, "bob")
    read_booking(client.book("14:00", email="bob@example.com"))
    assert language_of(sent_to(sink, "bob@example.com", 1)[0]) == "de-AT"


def test_letters_have_the_words_of_the_owner(
    start: Start, sink: MailSink, day: date, tmp_path: Path
) -> None:
    """The words are in the reader's language, or in the nearest one that exists; the calendar file
    keeps its text."""
    server = start()
    words = """
[letters.confirmed.de]
subject = "Bis bald, {{ customer_name }}: {{ service }}"
opening = "Hallo {{ customer_name }}!"
closing = "Ihr {{ business }}"

[letters.confirmed.en]
closing = "Yours, {{ person }}"

[letters.moved.en]
opening = "It was {{ former_start }}."
"""
    apply(server, without_horizon() + words, tmp_path / "words.toml")
    name = 'Zoë 🦊: "Q" <b> & Co'
    ann = server.visitor()
    for count, language in enumerate(["de-CH", "nl"]):
        what = {"service_id": 1, "resource_id": 1, "starts_at": wire(at(f"1{count}:00", day))}
        reader = {"language": language, "customer": {"name": name, "email": ANN}}
        assert ann.http.post("/api/v1/bookings", json=what | reader).status_code == 201
        sent_to(sink, ANN, count + 1)
    german, english = sink.messages_to(ANN)
    assert str(german["Subject"]).startswith(f"Bis bald, {name}: ")
    assert f"Hallo {name}!" in text_of(german).splitlines()
    assert "Yours, Sarah Johnson" in text_of(english).splitlines()
    assert str(english["Subject"]).startswith("Booked: ")
    for letter in (german, english):
        kinds = [part.get_content_type() for part in letter.walk()]
        assert "text/calendar" in kinds
        assert "/manage/" in text_of(letter)
        html = letter.get_body(("html",))
        assert html is not None
        assert "<b>" not in html.get_content()
    # The letter is sent even if the stored words are invalid by now.
    server.sql("UPDATE letter_words SET opening = '{{ gone }}', closing = 'Still here'")
    server.sql("UPDATE business SET version = version + 1")
    booking = ann.book(at("13:00", day), email="bob@example.com").json()
    (letter,) = sent_to(sink, "bob@example.com", 1)
    assert "We look forward to seeing you." in text_of(letter)
    assert "Still here" in text_of(letter).splitlines()
    assert booking["reference"] in text_of(letter)


def test_letters_have_the_texts_of_the_business_in_the_language_of_the_reader(
    start: Start, sink: MailSink, day: date, tmp_path: Path
) -> None:
    server, studio = start(), "studio@example.com"
    mine = translated_demo().replace(
        f'email = "{studio}"', f'email = "{studio}"\nletters = ["new"]'
    )
    apply(server, mine, tmp_path / "translated.toml")
    ann = server.visitor()
    names = [
        ("de-AT", "Beratung"),
        ("ar", "استشارة"),
        ("fr", "Consultation"),
        (None, "Consultation"),
    ]
    for count, (language, name) in enumerate(names):
        what = {"service_id": 1, "resource_id": 1, "starts_at": wire(at(f"1{count}:00", day))}
        reader = {"language": language, "customer": CUSTOMER | {"email": ANN}}
        booking = ann.http.post("/api/v1/bookings", json=what | reader).json()
        letter = sent_to(sink, ANN, count + 1)[-1]
        assert name in letter["Subject"]
        assert name in text_of(letter)
        assert "Consultation" in sent_to(sink, studio, count + 1)[-1]["Subject"]
        token = {"Authorization": f"Bearer {booking['manage_token']}"}
        path = f"/api/v1/bookings/{booking['reference']}"
        assert ann.http.get(path, headers=token).json()["service_name"] == name
        calendar = ann.http.post(f"{path}/calendar.ics", headers=token)
        assert f"SUMMARY:{name}" in calendar.text


def test_links_of_letters_change_nothing_when_they_are_fetched(
    start: Start, sink: MailSink, day: date
) -> None:
    server = start()
    booking = server.visitor().book(at("10:00", day), email=ANN).json()
    (letter,) = sent_to(sink, ANN, 1)
    links = set()
    for part in letter.walk():
        if part.get_content_type() in ("text/plain", "text/html", "text/calendar"):
            links |= set(re.findall(r"https?://127[^\s\"'<>)]+", part.get_content()))
    assert booking["manage_url"] in links
    for link in sorted(links):
        for method in ("GET", "HEAD", "GET", "HEAD"):
            agent = {"User-Agent": "Mozilla/5.0 (compatible; Microsoft Outlook 16.0)"}
            answer = httpx2.request(method, link, headers=agent, follow_redirects=True)
            assert answer.status_code == 200, (method, link)
    assert server.sql("SELECT status FROM bookings") == [("confirmed",)]
    until(lambda: all_done(server), "all letters are done")
    assert len(sink.messages) == 1


def test_a_letter_is_sent_although_the_server_is_killed(
    start: Start, sink: MailSink, day: date
) -> None:
    server = start()
    sink.answer = "451 later"
    server.visitor().book(at("10:00", day), email=ANN)
    server.kill()
    sink.answer = "250 OK"
    server = start()
    sent_to(sink, ANN, 1)
    until(lambda: all_done(server), "all letters are done")
    assert len(sink.messages_to(ANN)) == 1


@pytest.mark.scenario(30)
@pytest.mark.parametrize("fault", ["451 later", "closed in the middle", "hang"])
def test_a_mail_server_that_fails_concerns_no_booking(
    start: Start, sink: MailSink, day: date, fault: str
) -> None:
    server = start()
    sink.answer = fault
    booked = server.visitor().book(at("10:00", day), email=ANN)
    assert booked.status_code == 201
    until(lambda: sink.attempts, "the letter was tried")
    if fault == "hang":
        assert server.visitor().book(at("11:00", day), email=ANN).status_code == 201
        return
    (row,) = until(lambda: [row for row in outbox(server) if row["reason"]], "the outbox says why")
    assert (row["state"], row["address"], row["letter"]) == ("waiting", ANN, "confirmed")
    assert outbox(server, "--failed") == []
    assert "451" in row["reason"] or "Disconnected" in row["reason"]
    assert server.http.get("/health/ready").json()["mail"] == "failing"
    sink.answer = "250 OK"
    sent_to(sink, ANN, 1)
    until(lambda: all_done(server), "all letters are done")
    assert len(sink.messages_to(ANN)) == 1


def test_a_refused_recipient_can_be_sent_to_again(start: Start, sink: MailSink, day: date) -> None:
    server = start()
    sink.answer_to_recipient = "550 no such user"
    server.visitor().book(at("10:00", day), email=ANN)
    (row,) = until(lambda: outbox(server), "the letter is refused")
    until(lambda: outbox(server)[0]["state"] == "refused", "the letter is refused")
    assert [each["number"] for each in outbox(server, "--failed")] == [row["number"]]
    sink.answer_to_recipient = "250 OK"
    given = server.settings if "database_url" in server.settings else {"data": server.data}
    assert dibs("outbox", "retry", row["number"], **given).said == ["1 to be sent again"]
    sent_to(sink, ANN, 1)
    again = dibs("outbox", "retry", row["number"], **given)
    assert again.code == 1
    assert dibs("outbox", "retry", **given).code == 1


def test_nodes_send_each_letter_once(stack: Stack, sink: MailSink, day: date) -> None:
    nodes = [stack.node(smtp_url=sink.url, mail_from="studio@dibs.example") for _ in range(2)]
    for number in range(12):
        clock = f"{9 + number // 2:02}:{number % 2 * 30:02}"
        node = nodes[number % 2]
        address = f"ann{number}@example.com"
        assert node.visitor().book(at(clock, day), email=address).status_code == 201
    until(lambda: all_done(nodes[0]), "all letters are done")
    assert sorted(str(each["To"]) for each in sink.messages) == sorted(
        f"ann{number}@example.com" for number in range(12)
    )


def test_the_owner_cancels_without_settings_for_mail(
    start: Start, sink: MailSink, day: date
) -> None:
    """The command writes the event, and the server sends the letter."""
    server = start()
    booking = server.visitor().book(at("10:00", day), email=ANN).json()
    sent_to(sink, ANN, 1)
    given = {k: v for k, v in server.settings.items() if not k.startswith(("smtp", "mail"))}
    where = given if "database_url" in given else {"data": server.data}
    assert dibs("cancel", booking["reference"], **where).code == 0
    sent_to(sink, ANN, 2)
