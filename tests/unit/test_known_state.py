"""A part that fails is reported once, and once more when it works again."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from dibs import known_state
from dibs.known_state import KnownState


class Time:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    monkeypatch.setattr(known_state, "time", hand := Time())
    return hand


def test_there_is_a_line_at_the_first_failure_and_one_with_their_number(time: Time) -> None:
    state = KnownState("it fails", "it works")
    with capture_logs() as logged:
        state.note_success()
        for _ in range(40):
            state.note_failure("disk full")
        assert (state.is_failing, state.is_stable) == (True, False)
        time.now += known_state.QUIET
        state.note_success()
        state.note_success()
    assert [(line["event"], line.get("reason"), line.get("failures")) for line in logged] == [
        ("it fails", "disk full", None),
        ("it works", None, 40),
    ]
    assert (state.is_failing, state.is_stable) == (False, True)


def test_what_fails_every_other_time_is_told_of_once(time: Time) -> None:
    state = KnownState("it fails", "it works")
    with capture_logs() as logged:
        for _ in range(40):
            state.note_failure("full")
            time.now += known_state.QUIET / 2
            state.note_success()
            assert not state.is_failing
    assert len(logged) == 1
