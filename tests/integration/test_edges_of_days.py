"""Days that meet at midnight, and days of resources in several time zones."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.support.answers import refusal_of
from tests.support.commands import dibs
from tests.support.days import at, working_day
from tests.support.follower import Follower
from tests.support.server import Server
from tests.support.waiting import until

LONG, PREPARED, CALL, SHORT, CLEANED = 1, 2, 3, 4, 5
NIGHT, BERLIN, LOS_ANGELES = 1, 2, 3
BUSINESS = ZoneInfo("Europe/Berlin")

CATALOG = """
[business]
name = "Around the clock"
time_zone = "Europe/Berlin"

[[services]]
id = 1
name = "Three hours"
duration = 180
slot_interval = 60
resources = [1]

[[services]]
id = 2
name = "With time to prepare"
duration = 60
buffer_before = 30
resources = [1]

[[services]]
id = 3
name = "A call"
duration = 60
slot_interval = 60
resources = [2, 3]

[[services]]
id = 4
name = "Half an hour"
duration = 30
slot_interval = 15
resources = [1]

[[services]]
id = 5
name = "With time to clean up"
duration = 30
buffer_after = 30
resources = [1]

[[resources]]
id = 1
name = "The night shift"
time_zone = "UTC"
[resources.hours]
mon = ["00:00-24:00"]
tue = ["00:00-24:00"]
wed = ["00:00-24:00"]
thu = ["00:00-24:00"]
fri = ["00:00-24:00"]
sat = ["00:00-24:00"]
sun = ["00:00-24:00"]

[[resources]]
id = 2
name = "Berlin"
[resources.hours]
mon = ["05:00-08:00"]
tue = ["05:00-08:00"]
wed = ["05:00-08:00"]
thu = ["05:00-08:00"]
fri = ["05:00-08:00"]

[[resources]]
id = 3
name = "Los Angeles"
time_zone = "America/Los_Angeles"
[resources.hours]
mon = ["20:00-22:00"]
tue = ["20:00-22:00"]
wed = ["20:00-22:00"]
thu = ["20:00-22:00"]
"""

_weeks = itertools.count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("edges")
    (file := folder / "catalog.toml").write_text(CATALOG, encoding="utf-8")
    assert dibs("catalog", "apply", file, "--data", folder / "data").code == 0
    server = Server.start(folder / "data", command="serve")
    yield server
    server.stop()


@pytest.fixture
def day() -> date:
    """Return a Wednesday. No other test of this module uses it or the days around it."""
    return working_day(next(_weeks))


def look(server: Server, service: int, day: date, resource: int | None = None) -> Any:
    query = f"?resource={resource}" if resource else ""
    return server.http.get(f"/api/v1/services/{service}/days/{day}{query}").json()


def states(view: Any) -> dict[str, str]:
    return {slot["starts_at"]: slot["state"] for slot in view["slots"]}


def start(clock: str, day: date) -> str:
    return f"{day}T{clock}:00Z"


def month(server: Server, service: int, day: date) -> Any:
    path = f"/api/v1/services/{service}/availability?from={day}&to={day}&slots=true"
    return server.http.get(path).json()


def list_starts(server: Server, service: int, day: date) -> list[str]:
    return [each["starts_at"] for each in month(server, service, day)["days"][str(day)]["slots"]]


@pytest.mark.parametrize(
    ("make", "state"), [("hold", "held"), ("check_out", "pending"), ("book", "taken")]
)
def test_a_slot_that_runs_into_the_next_day_is_not_free_when_that_is_claimed(
    server: Server, day: date, make: str, state: str
) -> None:
    ann, bob = server.visitor(), server.visitor()
    morrow = day + timedelta(days=1)
    assert getattr(ann, make)(at("00:00", morrow), service=LONG).status_code == 201
    found = states(look(server, LONG, day))
    assert {clock: found[start(clock, day)] for clock in ("20:00", "21:00", "22:00", "23:00")} == {
        "20:00": "free",
        "21:00": "free",
        "22:00": state,
        "23:00": state,
    }
    answer = bob.hold(at("23:00", day), service=LONG)
    assert refusal_of(answer) == (409, f"slot_{state}")
    offered = [each["starts_at"] for each in answer.json()["alternatives"]]
    assert offered
    assert {found[each] for each in offered} == {"free"}
    free_days = list_starts(server, LONG, day)
    assert (start("23:00", day) in free_days) is (state == "held")  # a hold greys out no day


def test_a_viewer_of_the_day_is_told_what_happens_past_its_midnight(
    server: Server, day: date
) -> None:
    ann = server.visitor()
    viewer = Follower(server.url, f"/api/v1/services/{LONG}/days/{day}/stream")
    try:
        until(lambda: viewer.states, "the first state comes")
        hold = ann.hold(at("00:00", day + timedelta(days=1)), service=LONG).json()
        late = start("23:00", day)
        until(lambda: states(viewer.states[-1].data)[late] == "held", "it is shown as held")
        ann.release(hold)
        until(lambda: states(viewer.states[-1].data)[late] == "free", "it is shown as free")
    finally:
        viewer.close()


def test_a_day_that_nothing_reaches_past_is_made_of_its_own_board(
    server: Server, day: date
) -> None:
    assert "-" not in look(server, CALL, day, BERLIN)["revision"]
    assert look(server, LONG, day)["revision"].count("-") == 1


def test_a_buffer_reaches_back_over_midnight(server: Server, day: date) -> None:
    before = day - timedelta(days=1)
    ann = server.visitor()
    assert ann.book(at("23:00", before), service=PREPARED).status_code == 201
    assert states(look(server, PREPARED, day))[start("00:00", day)] == "taken"
    assert list_starts(server, PREPARED, day)[0] == start("00:30", day)
    assert refusal_of(ann.book(at("00:00", day), service=PREPARED)) == (409, "slot_taken")
    assert ann.book(at("00:30", day), service=PREPARED).status_code == 201


def test_a_buffer_reaches_forward_over_midnight(server: Server, day: date) -> None:
    ann = server.visitor()
    assert ann.book(at("00:00", day + timedelta(days=1)), service=SHORT).status_code == 201
    assert states(look(server, CLEANED, day))[start("23:30", day)] == "taken"
    assert start("23:30", day) not in list_starts(server, CLEANED, day)
    assert start("23:00", day) in list_starts(server, CLEANED, day)


def test_buffers_count_once_between_two_services(server: Server, day: date) -> None:
    """One service needs 30 minutes before it, the other needs none."""
    ann = server.visitor()
    assert ann.book(at("10:00", day), service=SHORT).status_code == 201
    prepared = states(look(server, PREPARED, day))
    assert prepared[start("09:00", day)] == "free"
    assert prepared[start("09:30", day)] == "taken"
    assert prepared[start("10:30", day)] == "taken"
    assert prepared[start("11:00", day)] == "free"
    assert ann.book(at("11:00", day), service=PREPARED).status_code == 201
    short = states(look(server, SHORT, day))
    assert short[start("10:30", day)] == "taken"  # the second one is prepared then
    assert short[start("12:00", day)] == "free"


def test_a_day_is_that_of_the_zone_which_the_answer_names(server: Server, day: date) -> None:
    """An evening in Los Angeles is the next morning in Berlin."""
    view = look(server, CALL, day)
    assert view["time_zone"] == "Europe/Berlin"
    for slot in view["slots"]:
        assert datetime.fromisoformat(slot["starts_at"]).astimezone(BUSINESS).date() == day
    both = [s["starts_at"] for s in view["slots"] if s["resource_ids"] == [BERLIN, LOS_ANGELES]]
    assert len(both) == 2
    found = month(server, CALL, day)
    assert found["time_zone"] == "Europe/Berlin"
    assert [s["starts_at"] for s in found["days"][str(day)]["slots"]] == list(states(view))


def test_the_day_of_one_person_is_that_of_their_zone(server: Server, day: date) -> None:
    view = look(server, CALL, day, LOS_ANGELES)
    zone = ZoneInfo("America/Los_Angeles")
    assert view["time_zone"] == zone.key
    assert server.http.get(f"/api/v1/boards/3/{day}").json()["time_zone"] == zone.key
    starts = [datetime.fromisoformat(slot["starts_at"]) for slot in view["slots"]]
    assert [each.astimezone(zone).date() for each in starts] == [day, day]
    held = server.visitor().hold(starts[0], service=CALL, resource=LOS_ANGELES)
    assert held.status_code == 201
    morrow = starts[0].astimezone(BUSINESS).date()
    assert morrow == day + timedelta(days=1)
    entry = next(s for s in look(server, CALL, morrow)["slots"] if s["claims"])
    assert datetime.fromisoformat(entry["starts_at"]) == starts[0].astimezone(UTC)
