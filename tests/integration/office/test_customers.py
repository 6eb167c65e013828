"""Customers as the office sees them: grouped, with notes, exported, erased, merged and imported."""

from __future__ import annotations

import secrets
from typing import Any

import httpx2
import pytest

from tests.integration.office.conftest import NewBrowser, NewUser
from tests.integration.office.test_booking_records import book_at, list_bookings, word
from tests.integration.office.test_calendar import cancel, staff_of
from tests.support.answers import fields, refusal_of
from tests.support.office import OWNER, OfficeBrowser
from tests.support.server import Server


def customers(browser: OfficeBrowser, query: str, **more: Any) -> list[dict[str, Any]]:
    answer = browser.get("/customers", params={"q": query, **more})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["customers"]
    return found


def find_one(browser: OfficeBrowser, query: str) -> dict[str, Any]:
    (found,) = customers(browser, query)
    return found


def import_list(browser: OfficeBrowser, content: str | bytes, path: str = "") -> httpx2.Response:
    body = content.encode() if isinstance(content, str) else content
    return browser.http.post(f"/customers/import{path}", content=body)


def verdicts(answer: httpx2.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["verdict"] for each in answer.json()["lines"]]


def test_bookings_are_grouped_by_whose_they_are(owner: OfficeBrowser) -> None:
    mark = word()
    email = f"{mark}@example.com"
    number = f"+49 30 {secrets.randbelow(9_000_000) + 1_000_000}"
    made = [
        book_at(owner, "09:00", f"Ana {mark}", customer={"email": email}),
        book_at(owner, "09:30", f"Ben {mark}", customer={"email": email.upper()}),
        book_at(owner, "10:00", f"Cem {mark}", customer={"phone": number}),
        book_at(owner, "10:30", f"Cem {mark}", customer={"phone": number.replace(" ", "")}),
        book_at(owner, "11:00", f"Dan {mark}"),
        book_at(owner, "11:30", f"Dan {mark}"),
    ]
    cancel(owner, made[1])
    found = customers(owner, mark)
    assert sorted((each["booked"], each["cancelled"], each["email"].lower()) for each in found) == [
        (1, 0, ""),
        (1, 0, ""),
        (2, 0, ""),
        (2, 1, email),
    ]
    # The second booking renames nobody: each booking keeps its own name.
    ana = find_one(owner, f"ana {mark}")
    assert ana == find_one(owner, f"ben {mark}")
    file = owner.get(f"/customers/{ana['id']}").json()
    assert file["names"] == [f"Ben {mark}", f"Ana {mark}"]
    names = [each["customer"]["name"] for each in list_bookings(owner, customer=ana["id"])]
    assert names == [f"Ana {mark}", f"Ben {mark}"]
    assert ana["next_visit"] == made[0]["starts_at"]
    assert ana["last_visit"] is None
    for each in made:
        cancel(owner, each)


@pytest.mark.parametrize("sort", ["name", "recent", "bookings"])
def test_customers_are_read_page_by_page(owner: OfficeBrowser, sort: str) -> None:
    mark = word()
    lines = [f"{name} {mark},{name}{mark}@example.com" for name in ("Bob", "Cid", "Dee", "Eve")]
    assert verdicts(import_list(owner, "\n".join(["name,email", *lines]))) == ["new"] * 4
    for _ in range(3):
        contact = {"email": f"abe{mark}@example.com"}
        cancel(owner, book_at(owner, "09:00", f"Äbe {mark}", customer=contact))
    read: list[str] = []
    after = None
    while True:
        query = {"q": mark, "limit": 2, "sort": sort} | ({"after": after} if after else {})
        answer = owner.get("/customers", params=query).json()
        read += [each["name"].split()[0] for each in answer["customers"]]
        after = answer["next"]
        if after is None:
            break
    assert read[0] == "Äbe"
    assert sorted(read[1:]) == ["Bob", "Cid", "Dee", "Eve"]
    assert sort != "name" or read[1:] == sorted(read[1:])
    for bad in ({"after": "x"}, {"sort": "age"}, {"limit": 0}, {"q": "a\0"}, {"x": 1}):
        assert owner.get("/customers", params=bad).status_code == 422, bad


def test_notes_are_kept_with_who_wrote_them(owner: OfficeBrowser, user: NewUser) -> None:
    mark = word()
    booking = book_at(owner, "12:00", mark, customer={"phone": "+49 30 7654321"})
    customer = find_one(owner, mark)
    path = f"/customers/{customer['id']}"
    text = f"<script>alert(1)</script>\n{'x' * 9_000}"
    assert owner.post(f"{path}/notes", {"text": text}).status_code == 201
    (note,) = owner.get(path).json()["notes"]
    assert (note["text"], note["by"]) == (text, OWNER["name"])
    for bad in ("", " ", "x" * 10_001, "a\0b", "a\u202eb"):
        assert list(fields(owner.post(f"{path}/notes", {"text": bad}))) == ["text"]
    assert refusal_of(owner.post("/customers/nobody/notes", {"text": "x"})) == (404, "not_found")
    # The note stays with the customer when their address becomes known.
    said = {"customer": {"name": mark, "email": f"{mark}@example.com"}}
    assert owner.patch(f"/bookings/{booking['reference']}", said).status_code == 200
    now = find_one(owner, mark)
    assert now["id"] != customer["id"]
    assert owner.get(f"/customers/{now['id']}").json()["notes"] == [note]
    there = f"/customers/{now['id']}/notes/{note['id']}"
    assert refusal_of(owner.delete(f"{path}/notes/{note['id']}")) == (404, "not_found")
    assert owner.delete(there).status_code == 204
    assert refusal_of(owner.delete(there)) == (404, "not_found")
    cancel(owner, booking)


def test_staff_see_only_customers_of_their_resource(
    office: Server, browser: NewBrowser, owner: OfficeBrowser
) -> None:
    mark = word()
    email = {"customer": {"email": f"{mark}@example.com"}}
    mine = book_at(owner, "13:00", f"Ann {mark}", **email)
    also = book_at(owner, "13:00", f"Ben {mark}", resource_id=2, service_id=2, **email)
    other = book_at(owner, "14:00", f"Cid {mark}", resource_id=2, service_id=2)
    import_list(owner, f"name,email\nDee {mark},dee{mark}@example.com")
    staff = staff_of(office, browser(), 1)
    ann = find_one(staff, mark)
    assert (ann["name"], ann["booked"]) == (f"Ann {mark}", 1)
    assert staff.get(f"/customers/{ann['id']}").json()["names"] == [f"Ann {mark}"]
    assert customers(staff, f"ben {mark}") == []
    for hidden in ("cid", "dee"):
        found = find_one(owner, f"{hidden} {mark}")
        assert refusal_of(staff.get(f"/customers/{found['id']}")) == (404, "not_found")
    for each in (mine, also, other):
        cancel(owner, each)


def test_a_customer_is_given_out_and_erased(owner: OfficeBrowser, office: Server) -> None:
    mark = word()
    booking = book_at(
        owner, "15:00", f"Ann {mark}", notes=f"about {mark}", customer={"email": f"{mark}@x.org"}
    )
    path = f"/customers/{find_one(owner, mark)['id']}"
    owner.post(f"{path}/notes", {"text": f"Likes {mark}"})
    exported = owner.get(f"{path}/export")
    assert "attachment" in exported.headers["content-disposition"]
    said = exported.json()
    assert (said["email"], said["notes"][0]["text"]) == (f"{mark}@x.org", f"Likes {mark}")
    assert said["bookings"][0]["customer"]["name"] == f"Ann {mark}"
    refusal = owner.post(f"{path}/erase", {})
    assert refusal_of(refusal) == (409, "upcoming_bookings")
    assert booking["reference"] in refusal.json()["detail"]
    answer = owner.post(f"{path}/erase", {"cancel": True})
    assert answer.json() == {"bookings": 1, "cancelled": [booking["reference"]]}
    assert customers(owner, mark) == []
    assert refusal_of(owner.get(path)) == (404, "not_found")
    assert owner.get(f"/bookings/{booking['reference']}").json()["booking"]["customer"] is None
    for table in ("bookings", "customer_notes", "contacts", "audit", "deliveries", "idempotency"):
        assert mark not in repr([tuple(row) for row in office.sql(f"SELECT * FROM {table}")])


def test_two_customers_become_one(owner: OfficeBrowser) -> None:
    mark = word()
    old, new = f"old{mark}@example.com", f"new{mark}@example.com"
    first = book_at(owner, "16:00", f"Ann {mark}", customer={"email": old, "phone": "+4930123456"})
    second = book_at(owner, "16:30", f"Anna {mark}", customer={"email": new})
    nobody = book_at(owner, "16:00", f"Zed {mark}", resource_id=2, service_id=2)
    source, target, single = (find_one(owner, each)["id"] for each in (old, new, f"zed {mark}"))
    owner.post(f"/customers/{source}/notes", {"text": "Allergic to nuts"})
    assert refusal_of(owner.post(f"/customers/{source}/merge", {"into": source}))[0] == 409
    assert refusal_of(owner.post(f"/customers/{source}/merge", {"into": single})) == (
        409,
        "cannot_merge",
    )
    assert refusal_of(owner.post(f"/customers/{source}/merge", {"into": "x"})) == (404, "not_found")
    assert owner.post(f"/customers/{source}/merge", {"into": target}).json() == {"bookings": 1}
    assert owner.post(f"/customers/{single}/merge", {"into": target}).json() == {"bookings": 1}
    found = find_one(owner, mark)
    assert (found["id"], found["booked"]) == (target, 3)
    kept = {
        each["customer"]["name"]: each["customer"] for each in list_bookings(owner, customer=target)
    }
    assert {each["email"] for each in kept.values()} == {new}
    assert kept[f"Ann {mark}"]["phone"] == "+4930123456"
    assert owner.get(f"/customers/{target}").json()["notes"][0]["text"] == "Allergic to nuts"
    actions = [each["action"] for each in owner.get("/audit?limit=4").json()["entries"]]
    assert "customer.merged" in actions
    for each in (first, second, nobody):
        cancel(owner, each)


def test_a_list_is_checked_before_it_is_brought_in(owner: OfficeBrowser) -> None:
    mark = word()
    booking = book_at(owner, "12:30", f"Kim {mark}", customer={"email": f"kim{mark}@x.org"})
    table = "\r\n".join(
        [
            "Phone;E-Mail;Name;Comment",
            f"+49 30 1112223;ann{mark}@x.org;Ann {mark};=1+1",
            f";ANN{mark}@x.org;Ann again {mark};",
            f";kim{mark}@X.ORG;Kim {mark};",
            f";no address;Bad {mark};",
            f"12;bob{mark}@x.org;Bob {mark};",
            f";;Cid {mark};",
            f";dee{mark}@x.org;;",
            f';eve{mark}@x.org;"Evil\u202e {mark}";',
            f';fay{mark}@x.org;"Fay ""F"" {mark}";',
        ]
    )
    expected = [
        *("new", "twice", "known", "bad_email", "bad_phone"),
        *("no_contact", "no_name", "bad_text", "new"),
    ]
    assert verdicts(import_list(owner, table, "/check")) == expected
    assert customers(owner, f"ann {mark}") == []
    assert verdicts(import_list(owner, table)) == expected
    found = find_one(owner, f"fay {mark}")
    assert (found["name"], found["booked"], found["is_contact"]) == (f'Fay "F" {mark}', 0, True)
    assert set(verdicts(import_list(owner, table))) == {
        *("twice", "known", "bad_email", "bad_phone", "no_contact", "no_name", "bad_text")
    }
    cancel(owner, booking)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_list_may_have_any_usual_encoding(owner: OfficeBrowser, encoding: str) -> None:
    mark = word()
    table = f"First name,Last name,Email\nJürgen,Groß {mark},j{mark}@x.org\n"
    assert verdicts(import_list(owner, table.encode(encoding))) == ["new"]
    assert find_one(owner, f"gross {mark}")["name"] == f"Jürgen Groß {mark}"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "required"),
        (b"a,b\n1,2", "required"),
        (b"name\nAnn", "required"),
        (b"email\nann@example.com", "required"),
        (b"\xff\xfe\x00", "malformed"),
        (b"name,email\n" + b"Ann,ann@example.com\n" * 10_001, "too_long"),
        (b'name,email\n"' + b"x" * 200_000 + b'",a', "malformed"),
    ],
)
def test_what_is_no_list_is_refused(owner: OfficeBrowser, content: bytes, code: str) -> None:
    for path in ("", "/check"):
        answer = import_list(owner, content, path)
        assert (answer.status_code, fields(answer)) == (422, {"file": code})


def test_a_contact_who_books_is_still_found_by_what_the_list_said(owner: OfficeBrowser) -> None:
    mark = word()
    number = f"+49 30 {secrets.randbelow(9_000_000) + 1_000_000}"
    import_list(owner, f"name,email,phone\nFay {mark},fay{mark}@x.org,{number}")
    booking = book_at(owner, "09:00", f"Faye {mark}", customer={"email": f"fay{mark}@x.org"})
    for query in (number, mark, f"faye {mark}"):
        found = find_one(owner, query)
        assert (found["name"], found["booked"], found["is_contact"]) == (f"Faye {mark}", 1, True)
    cancel(owner, booking)
