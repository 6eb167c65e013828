"""Answers stay with a booking even if the questions change; they are erased with the customer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from dibs.app import Dibs, create_app
from dibs.catalog_file import parse
from dibs.desk import administration
from dibs.desk.answering import FilledForm
from dibs.desk.offers import SlotRequest
from dibs.ledger.bookings import Customer
from dibs.ledger.customers import key_of_email
from dibs.ledger.idempotency import Request
from dibs.ledger.journal import Author
from dibs.ledger.questions import Question
from dibs.ledger.tables import metadata
from tests.contract.booking.test_statements_of_a_booking import (
    AROUND,
    MAX_STATEMENTS_POSTGRESQL,
    MAX_STATEMENTS_SQLITE,
)
from tests.support.answers import refusal_of
from tests.support.asking import GERMAN_TERMS, TERMS, build_asking_demo
from tests.support.days import at, wire, working_day
from tests.support.plain_sql import connect
from tests.support.recorded_statements import statements
from tests.support.translated import MARKUP

pytestmark = pytest.mark.anyio

SECRET = {"Authorization": "Bearer a-secret-of-anns-browser"}
ANN = {"name": "Ann Lee", "email": "ann@example.com"}
FORM: dict[str, Any] = {
    "answers": {"wishes": MARKUP, "hair": "Lang", "grown_up": True, "guests": 2},
    "accepted_terms": True,
    "language": "de",
}
KEPT = [
    {"id": "wishes", "label": MARKUP, "answer": MARKUP},
    {"id": "hair", "label": "Wie lang ist Ihr Haar?", "answer": "Lang"},
    {"id": "grown_up", "label": "I am 18 or older", "answer": True},
    {"id": "guests", "label": "كم عدد الضيوف؟", "answer": 2},
]


@pytest.fixture
async def http(dibs: Dibs) -> AsyncIterator[httpx2.AsyncClient]:
    await administration.apply(dibs.database, parse(build_asking_demo()))
    transport = httpx2.ASGITransport(app=create_app(dibs))
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://dibs", headers=SECRET
    ) as http:
        yield http


def booking_body(clock: str = "10:00", service: int = 1, **more: Any) -> dict[str, Any]:
    time = {"service_id": service, "resource_id": 1, "starts_at": wire(at(clock, working_day()))}
    return {**time, "customer": ANN, **more}


async def book(http: httpx2.AsyncClient, key: str | None = None, **body: Any) -> httpx2.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await http.post("/api/v1/bookings", json=body, headers=headers)


async def read(http: httpx2.AsyncClient, booking: dict[str, Any]) -> dict[str, Any]:
    token = {"Authorization": f"Bearer {booking['manage_token']}"}
    answer = await http.get(f"/api/v1/bookings/{booking['reference']}", headers=token)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_answers_and_terms_are_kept_as_they_were_shown(
    dibs: Dibs, http: httpx2.AsyncClient
) -> None:
    made = await book(http, **booking_body(**FORM))
    assert made.status_code == 201, made.text
    booking = made.json()
    assert (booking["answers"], booking["accepted_terms"]) == (KEPT, GERMAN_TERMS)
    catalog = await administration.export(dibs.database)
    asks = (Question("hair", "Hair?", "choice", choices=("Red", "Blue")),)
    await administration.apply(
        dibs.database,
        replace(
            catalog,
            business=replace(catalog.business, terms="Other terms."),
            services={**catalog.services, 1: replace(catalog.services[1], questions=asks)},
        ),
    )
    found = await read(http, booking)
    assert (found["answers"], found["accepted_terms"]) == (KEPT, GERMAN_TERMS)


async def test_a_checkout_is_confirmed_with_answers(http: httpx2.AsyncClient) -> None:
    asked = {key: value for key, value in booking_body().items() if key != "customer"}
    checkout = (await http.post("/api/v1/checkouts", json=asked)).json()
    confirm = {"checkout_id": checkout["id"], "customer": ANN}
    bare = await book(http, **confirm)
    assert refusal_of(bare) == (422, "invalid")
    fields = [(each["field"], each["code"]) for each in bare.json()["errors"]]
    assert fields == [
        ("answers.hair", "required"),
        ("answers.grown_up", "required"),
        ("accepted_terms", "required"),
    ]
    made = await book(http, **confirm, **FORM)
    assert made.json()["answers"] == KEPT
    again = await book(http, **confirm, **FORM)
    assert again.json() == made.json()
    other = FORM | {"answers": FORM["answers"] | {"guests": 3}}
    assert refusal_of(await book(http, **confirm, **other)) == (409, "booking_closed")


async def versions(http: httpx2.AsyncClient) -> tuple[str, str]:
    """Return the versions of the terms of the business, in English and in German."""
    asked = [await http.get(f"/api/v1/business?lang={each}") for each in ("en", "de")]
    english, german = (each.json()["terms_version"] for each in asked)
    return english, german


async def change_terms(dibs: Dibs, text: str | None) -> None:
    catalog = await administration.export(dibs.database)
    business = replace(catalog.business, terms=text, translations={})
    await administration.apply(dibs.database, replace(catalog, business=business))


async def test_the_text_that_was_read_is_kept_whatever_the_language_of_letters(
    http: httpx2.AsyncClient,
) -> None:
    english, german = await versions(http)
    assert english != german
    made = await book(http, **booking_body(**FORM, terms_version=english))
    assert (made.json()["accepted_terms"], made.json()["answers"]) == (TERMS, KEPT)
    made = await book(http, **booking_body("11:00", **FORM, terms_version=german))
    assert made.json()["accepted_terms"] == GERMAN_TERMS


async def test_terms_that_were_changed_meanwhile_are_accepted_again(
    dibs: Dibs, http: httpx2.AsyncClient
) -> None:
    _, read_before = await versions(http)
    asked = {key: value for key, value in booking_body().items() if key != "customer"}
    checkout = (await http.post("/api/v1/checkouts", json=asked)).json()
    await change_terms(dibs, "No-shows pay all.")
    confirm = {"checkout_id": checkout["id"], "customer": ANN, **FORM}
    refusal = await book(http, **confirm, terms_version=read_before)
    assert refusal_of(refusal) == (422, "invalid")
    assert refusal.json()["errors"] == [{"field": "accepted_terms", "code": "terms_changed"}]
    # A booking without a checkout is refused in the same way.
    refusal = await book(http, **booking_body("12:00", **FORM, terms_version=read_before))
    assert refusal.json()["errors"] == [{"field": "accepted_terms", "code": "terms_changed"}]
    now, _ = await versions(http)
    made = await book(http, **confirm, terms_version=now)
    assert made.json()["accepted_terms"] == "No-shows pay all."
    # Terms that no longer exist are no reason for a refusal.
    await change_terms(dibs, None)
    made = await book(http, **booking_body("13:00", **FORM, terms_version=now))
    assert (made.status_code, made.json()["accepted_terms"]) == (201, None)


async def test_a_form_with_faults_takes_no_time_from_anybody(http: httpx2.AsyncClient) -> None:
    faulty = await book(
        http, **booking_body(**FORM | {"answers": {"hair": "Bald", "grown_up": True}})
    )
    assert [each["code"] for each in faulty.json()["errors"]] == ["unknown_choice"]
    other = {"Authorization": "Bearer a-secret-of-bobs-browser"}
    taken = await http.post("/api/v1/bookings", json=booking_body(**FORM), headers=other)
    assert taken.status_code == 201, taken.text


@pytest.mark.parametrize(
    ("more", "field", "code"),
    [
        ({"answers": None}, "answers", "wrong_type"),
        ({"answers": []}, "answers", "wrong_type"),
        ({"answers": "x"}, "answers", "wrong_type"),
        ({"answers": {"<b>": "x"}}, "answers", "unknown_question"),
        ({"answers": {"\ud800": "x"}}, "answers", "unknown_question"),
        ({"answers": {"a" * 41: "x"}}, "answers", "unknown_question"),
        ({"answers": {f"q{each}": "x" for each in range(101)}}, "answers", "too_long"),
        ({"accepted_terms": "yes"}, "accepted_terms", "wrong_type"),
        ({"accepted_terms": 1}, "accepted_terms", "wrong_type"),
        ({"accepted_terms": False}, "accepted_terms", "required"),
        ({"terms_version": "another text"}, "accepted_terms", "terms_changed"),
        ({"terms_version": 1}, "terms_version", "wrong_type"),
        ({"terms_version": "x" * 201}, "terms_version", "too_long"),
    ],
)
async def test_forms_of_another_shape_are_refused(
    http: httpx2.AsyncClient, more: dict[str, Any], field: str, code: str
) -> None:
    body = json.dumps(booking_body(**FORM | more))
    json_headers = {"Content-Type": "application/json"}
    answer = await http.post("/api/v1/bookings", content=body, headers=json_headers)
    assert refusal_of(answer) == (422, "invalid")
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, code)]


@pytest.mark.parametrize("number", ["NaN", "1e999", "1" * 400])
async def test_numbers_that_json_lacks_are_refused(http: httpx2.AsyncClient, number: str) -> None:
    body = json.dumps(booking_body(**FORM)).replace('"guests": 2', f'"guests": {number}')
    json_headers = {"Content-Type": "application/json"}
    answer = await http.post("/api/v1/bookings", content=body, headers=json_headers)
    assert refusal_of(answer) == (422, "invalid")
    assert [each["field"] for each in answer.json()["errors"]] == ["answers.guests"]


async def test_a_request_that_repeats_has_the_same_answer(
    dibs: Dibs, http: httpx2.AsyncClient
) -> None:
    made = await book(http, "lost", **booking_body(**FORM))
    catalog = await administration.export(dibs.database)
    asks = (Question("new", "New?", "text", required=True),)
    services = {**catalog.services, 1: replace(catalog.services[1], questions=asks)}
    await administration.apply(dibs.database, replace(catalog, services=services))
    again = await book(http, "lost", **booking_body(**FORM))
    assert (again.status_code, again.json()) == (201, made.json())
    other = await book(http, "lost", **booking_body(**FORM | {"answers": {"new": "x"}}))
    assert refusal_of(other) == (422, "idempotency_mismatch")


async def test_a_service_that_asks_nothing_is_booked_as_before(http: httpx2.AsyncClient) -> None:
    made = await book(http, **booking_body(service=2, accepted_terms=True))
    assert made.status_code == 201, made.text
    assert made.json()["answers"] == []


async def test_answers_need_no_statement_of_their_own(dibs: Dibs, http: httpx2.AsyncClient) -> None:
    await http.get("/api/v1/services")
    slot = SlotRequest(1, at("10:00", working_day()), resource_id=1)
    form = FilledForm(FORM["answers"], has_accepted_terms=True)
    who = Customer("Ann Lee", "ann@example.com", language="de")
    with statements() as seen:
        booking = await dibs.desk.booking.book(
            "ann", slot, who, Request("ann", "key", "asked"), form
        )
    assert booking.answers.as_list() == KEPT
    said = [each for each in seen if not each.startswith(AROUND)]
    is_sqlite = dibs.settings.is_embedded
    assert len(said) <= (MAX_STATEMENTS_SQLITE if is_sqlite else MAX_STATEMENTS_POSTGRESQL), said


async def test_answers_are_given_out_and_erased_with_the_customer(
    dibs: Dibs, http: httpx2.AsyncClient
) -> None:
    made = (await book(http, **booking_body(**FORM))).json()
    given = await dibs.desk.customers.export_customer(ANN["email"])
    (exported,) = given["bookings"]
    assert exported["answers_to_questions"] == KEPT
    assert exported["accepted_terms"] == GERMAN_TERMS
    assert exported["terms_accepted_at"]
    await dibs.desk.customers.erase_customer(ANN["email"], cancel=True)
    found = await read(http, made)
    assert (found["answers"], found["accepted_terms"]) == ([], None)


def dump_database(dibs: Dibs) -> dict[str, str]:
    """Return all rows of the database by table, as text."""
    with connect(dibs.settings.database) as sql:
        return {
            table.name: repr(sql(f'SELECT * FROM "{table.name}"'))
            for table in metadata.sorted_tables
        }


async def test_answers_stay_when_customers_are_merged_and_go_with_the_one_who_is_left(
    dibs: Dibs, http: httpx2.AsyncClient
) -> None:
    """Answers are stored with each booking, and nowhere else."""
    secret = "pollen of birches"
    form = FORM | {"answers": FORM["answers"] | {"wishes": secret}}
    first = (await book(http, "key", **booking_body(**form))).json()
    await book(http, **booking_body("11:00", **form))
    asked = {key: value for key, value in booking_body("12:00").items() if key != "customer"}
    checkout = (await http.post("/api/v1/checkouts", json=asked)).json()
    await book(http, "other key", checkout_id=checkout["id"], customer=ANN, **form)
    bob = {"name": "Bob Hall", "email": "bob@example.com"}
    await book(http, **booking_body("13:00", **FORM | {"customer": bob}))
    assert [each for each, text in dump_database(dibs).items() if secret in text] == ["bookings"]

    keys = [key_of_email(each["email"]) for each in (ANN, bob)]
    merged = await dibs.desk.office.customers.merge_customers(Author("user"), *keys)
    assert merged == 3
    given = await dibs.desk.customers.export_customer(bob["email"])
    answers = [json.dumps(each["answers_to_questions"]) for each in given["bookings"]]
    assert [secret in each for each in answers] == [True, True, True, False]
    assert [each["accepted_terms"] for each in given["bookings"]] == [GERMAN_TERMS] * 4
    assert (await dibs.desk.customers.export_customer(ANN["email"]))["bookings"] == []

    await dibs.desk.customers.erase_customer(bob["email"], cancel=True)
    assert [each for each, text in dump_database(dibs).items() if secret in text] == []
    with connect(dibs.settings.database) as sql:
        kept = sql("SELECT DISTINCT answers, accepted_terms, terms_accepted_at FROM bookings")
    assert [tuple(row) for row in kept] == [("[]", None, None)]
    found = await read(http, first)
    assert (found["answers"], found["accepted_terms"]) == ([], None)
