"""Hundreds of runs in which two nodes, their viewers and visitors interfere with each other.

docs/explanation/interleavings.md says what is stepped and what is checked. To see a run again:
`pytest tests/interleaving -k SCHEDULE --seed N`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from dibs.live import hub as hub_module
from dibs.live.hub import Hub
from tests.interleaving import broken_hubs
from tests.interleaving.fault_schedule import FAULT_SCHEDULES
from tests.interleaving.oracle import Violation
from tests.interleaving.run import Run

#: For each hub that breaks a rule of `dibs.live`: a schedule with which the runs find a violation.
BROKEN = {
    broken_hubs.HintsDuringRefreshIgnored: "prompt hints alone",
    broken_hubs.ForcedReadJoinsRefresh: "calm",
    broken_hubs.LedgerFirst: "calm",
    broken_hubs.PartsPublishedSeparately: "calm",
    broken_hubs.NewerLedgerNotNoticed: "calm",
    broken_hubs.HoldsNotReadAgain: "hints alone",
    broken_hubs.NoComparison: "hints",
    broken_hubs.NoDeadlines: "hints alone",
    broken_hubs.ShownWithoutBookings: "failing",
    broken_hubs.DegradedNotMarked: "failing",
    broken_hubs.CallersRevisionIgnored: "hints",
    broken_hubs.ServedUncompared: "failing",
    broken_hubs.WaitsForEachRefresh: "slow",
    broken_hubs.BehindWithoutLedger: "failing",
    broken_hubs.OlderAnswerShown: "calm",
    broken_hubs.AnswerShownWithOtherBookings: "calm",
    broken_hubs.AnswerShownDuringRefresh: "calm",
}
#: The seeds of a normal run. At least one of them must find the fault of each broken hub.
ENOUGH = range(100)


class RaisingLog:
    """A log that raises the errors from which the hub recovers."""

    def debug(self, *words: object, **more: object) -> None: ...

    def exception(self, *words: object, **more: object) -> None:
        raise


@pytest.fixture(autouse=True)
def _no_fault_is_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "log", RaisingLog())


@pytest.mark.parametrize("schedule", FAULT_SCHEDULES)
def test_what_is_shown_is_true_never_goes_back_and_heals(
    schedule: str, request: pytest.FixtureRequest
) -> None:
    only = request.config.getoption("--seed")
    seeds = range(request.config.getoption("--seeds")) if only is None else [only]
    found = violation(schedule, seeds)
    if found is not None:
        seed, what = found
        steps = "\n".join(steps_of(seed, schedule))
        pytest.fail(f"{steps}\n\nseed {seed}, schedule {schedule}: {what}", pytrace=False)
    if only is not None:
        print("\n".join(steps_of(only, schedule)))


@pytest.mark.parametrize("hub", BROKEN, ids=lambda hub: hub.__name__)
def test_without_a_rule_the_runs_find_a_violation(hub: type[Hub]) -> None:
    assert violation(BROKEN[hub], ENOUGH, hub) is not None


def test_a_seed_is_the_same_run_everywhere() -> None:
    root = Path(__file__).parents[2]
    script = (
        "from tests.interleaving.test_interleavings import steps_of;"
        " print('\\n'.join(steps_of(7, 'everything')))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1


def violation(
    schedule: str, seeds: Iterable[int], hub: type[Hub] = Hub
) -> tuple[int, Violation] | None:
    """Return the first seed with a violation, and the violation. Returns None if no seed has
    one."""
    for seed in seeds:
        try:
            Run(seed, FAULT_SCHEDULES[schedule], hub).run()
        except Violation as found:
            return seed, found
    return None


def steps_of(seed: int, schedule: str) -> list[str]:
    """Return what happens in a run, one line for each step."""
    steps: list[Any] = []
    try:
        Run(seed, FAULT_SCHEDULES[schedule], steps=steps).run()
    except Violation as found:
        steps.append(f"VIOLATION: {found}")
    return steps
