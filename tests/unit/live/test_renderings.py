"""The events for viewers: the same bytes for all, made once per revision, without names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import orjson
import pytest

from dibs.availability.boards import BoardKey
from dibs.live.board import Board
from dibs.live.day import MAX_ETAG, DayView, parse_revisions
from tests.unit.live.scenes import CLASS, DAY, HALF_HOUR, KEY, NOW, board, busy, day_view, hold

SECOND = BoardKey(2, DAY)


def read(view: Board | DayView) -> Any:
    return orjson.loads(view.rendered.complete(NOW, 1000))


def test_a_board_is_rendered_once() -> None:
    view = board(hold("10:00"), busy("11:00"))
    assert view.rendered is view.rendered
    assert view.rendered.head is view.rendered.head


def test_a_day_is_rendered_once() -> None:
    view = day_view(HALF_HOUR, board(hold("10:00")))
    assert view.rendered is view.rendered


def test_a_board_shows_open_time_and_claims_in_order() -> None:
    shown = read(
        board(
            busy("11:00", claim="b"),
            hold("10:00", claim="a"),
            busy("15:00", "pending", claim="c"),
        )
    )
    assert shown == {
        "resource_id": 1,
        "day": "2026-11-25",
        "time_zone": "UTC",
        "revision": "7.3",
        "degraded": [],
        "server_time": "2026-11-25T08:00:00.000Z",
        "next_poll_ms": 1000,
        "open": [{"starts_at": "2026-11-25T09:00:00Z", "ends_at": "2026-11-25T17:00:00Z"}],
        "busy": [
            {
                "starts_at": f"2026-11-25T{start}:00Z",
                "ends_at": f"2026-11-25T{end}:00Z",
                "state": state,
                "claim": claim,
            }
            for start, end, state, claim in (
                ("10:00", "10:30", "held", "a"),
                ("11:00", "11:30", "taken", "b"),
                ("15:00", "15:30", "pending", "c"),
            )
        ],
    }


@pytest.mark.scenario(6)
def test_no_deadline_is_shown_to_others() -> None:
    soon, later = (
        board(hold("10:00", claim="a", lives=timedelta(seconds=lives))) for lives in (5, 100)
    )
    assert read(soon) == read(later)


@pytest.mark.scenario(21)
def test_no_visitor_is_shown() -> None:
    view = board(hold("10:00", "ann lee"), busy("11:00", "pending", visitor="ann lee"))
    day = day_view(HALF_HOUR, view)
    for rendered in (view.rendered, day.rendered):
        assert b"ann lee" not in rendered.complete(NOW, 1000)


@pytest.mark.scenario(15)
def test_an_unknown_board_shows_nothing_rather_than_free_time() -> None:
    unknown = board(hold("10:00"), degraded=["unknown"])
    assert read(unknown) | {"open": [], "busy": [], "degraded": ["unknown"]} == read(unknown)
    day = day_view(HALF_HOUR, board(), unknown)
    assert (read(day)["slots"], read(day)["degraded"]) == ([], ["unknown"])


def test_the_time_of_the_answer_is_written_in_utc_to_the_millisecond() -> None:
    instant = datetime(2026, 11, 25, 8, 0, 1, 234567, tzinfo=UTC)
    assert b'"server_time":"2026-11-25T08:00:01.234Z"' in board().rendered.complete(instant, 1000)


def test_a_day_has_one_entry_per_start_with_who_is_best() -> None:
    first = board(busy("10:00", claim="a"))
    second = board(hold("10:00", claim="b"), key=SECOND, versions=(8, 4))
    shown = read(day_view(HALF_HOUR, first, second))
    assert shown["revision"] == "7.3-8.4"
    by_start = {slot["starts_at"][11:16]: slot for slot in shown["slots"]}
    assert len(by_start) == len(shown["slots"]) == 16
    assert by_start["09:00"] == {
        "starts_at": "2026-11-25T09:00:00Z",
        "ends_at": "2026-11-25T09:30:00Z",
        "state": "free",
        "resource_ids": [1, 2],
        "seats_left": 2,
        "claims": [],
        "claims_by_resource": {},
    }
    assert (by_start["10:00"]["state"], by_start["10:00"]["resource_ids"]) == ("held", [2])
    assert by_start["10:00"]["claims"] == ["a", "b"]
    assert by_start["10:00"]["claims_by_resource"] == {"1": ["a"], "2": ["b"]}
    assert by_start["10:00"]["seats_left"] == 0


def test_the_etag_of_a_day_fits_into_a_header_however_many_boards_it_has() -> None:
    few = day_view(HALF_HOUR, board(), board(key=SECOND))
    assert few.etag == few.revision_text == "7.3-7.3"
    huge = 10**18
    many = [
        board(key=BoardKey(each, KEY.day), versions=(huge + each, huge), degraded=["holds"])
        for each in range(200)
    ]
    view = day_view(HALF_HOUR, *many)
    assert len(view.etag) <= MAX_ETAG
    later = board(key=many[-1].key, versions=(huge + 200, huge), degraded=["holds"])
    assert day_view(HALF_HOUR, *many[:-1], later).etag != view.etag
    assert parse_revisions(view.revision_text, 200) == [each.revision for each in many]


@pytest.mark.parametrize(
    ("claims", "seats_left"),
    [([], 3), (["taken"], 2), (["taken", "held"], 1), (["taken", "held", "pending"], 0)],
)
def test_a_day_counts_the_seats_that_nobody_has_claimed(
    claims: list[Literal["pending", "taken", "held"]], seats_left: int
) -> None:
    view = board(
        *(
            hold("10:00", service=CLASS) if claim == "held" else busy("10:00", claim, CLASS)
            for claim in claims
        )
    )
    shown = read(day_view(CLASS, view))
    (entry,) = (slot for slot in shown["slots"] if slot["starts_at"][11:16] == "10:00")
    assert entry["seats_left"] == seats_left


def test_a_class_with_a_seat_left_is_free() -> None:
    view = board(busy("10:00", "taken", CLASS), busy("10:00", "taken", CLASS))
    shown = read(day_view(CLASS, view))
    assert [slot["state"] for slot in shown["slots"]] == ["free"] * 8


def test_the_degraded_flags_of_all_boards_are_gathered() -> None:
    one, other = board(degraded=["holds"]), board(key=SECOND)
    assert read(day_view(HALF_HOUR, one, other))["degraded"] == ["holds"]
