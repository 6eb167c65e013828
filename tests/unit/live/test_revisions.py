"""Which of two states of a board is newer, and which revision a client may claim to have seen."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dibs.live.board import Revision, parse_revision
from dibs.live.day import parse_revisions
from tests.unit.live.scenes import board, hold

steady = settings(derandomize=True, deadline=None)
counts = st.integers(0, 10**19 - 1)


@steady
@given(holds=counts, ledger=counts)
def test_a_revision_is_read_as_it_was_written(holds: int, ledger: int) -> None:
    assert parse_revision(str(Revision(holds, ledger))) == (holds, ledger)


@steady
@given(st.text())
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    parse_revision(text)
    assert len(parse_revisions(text, 3)) == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "1",
        "1.",
        ".1",
        "-1.1",
        "1.-1",
        "1.1.1",
        "1,1",
        " 1.1",
        "1.1 ",
        "1_0.1",
        "1e5.1",
        "٣.1",
        "1.²",
        "null",
        "99999999999999999999.1",
        "1." + "9" * 5000,
        "*",
        "W/1.1",
    ],
)
def test_what_is_no_revision_is_none(text: str) -> None:
    assert parse_revision(text) is None


def test_a_degraded_revision_is_read_without_its_marks() -> None:
    assert parse_revision("7.3~holds~2") == (7, 3)
    assert parse_revision("7.3~unknown~0") == (7, 3)


def test_a_days_revisions_are_those_of_its_boards() -> None:
    assert parse_revisions("7.3-8.4~holds~1", 2) == [(7, 3), (8, 4)]
    assert parse_revisions("7.3-rubbish", 2) == [(7, 3), None]


@pytest.mark.parametrize("text", [None, "", "7.3", "7.3-8.4-9.5"])
def test_a_tag_of_another_number_of_boards_says_nothing(text: str | None) -> None:
    assert parse_revisions(text, 2) == [None, None]


@pytest.mark.parametrize(
    ("one", "other", "ahead"),
    [
        ((7, 3), (7, 3), False),
        ((6, 3), (7, 3), False),
        ((8, 3), (7, 3), True),
        ((7, 4), (7, 3), True),
        ((8, 2), (7, 3), True),
        ((6, 4), (7, 3), True),
    ],
)
def test_ahead_in_either_part_is_ahead(
    one: tuple[int, int], other: tuple[int, int], ahead: bool
) -> None:
    assert Revision(*one).is_ahead_of(Revision(*other)) is ahead


def test_a_degraded_board_is_another_than_a_whole_one() -> None:
    tags = {
        board(hold("10:00")).revision_text,
        board(hold("10:00"), degraded=["holds"]).revision_text,
        board(degraded=["holds"]).revision_text,
        board(hold("10:00"), degraded=["unknown"]).revision_text,
        board(hold("10:00"), degraded=["holds", "unknown"]).revision_text,
    }
    assert len(tags) == 5
    assert {parse_revision(tag) for tag in tags} == {(7, 3)}
