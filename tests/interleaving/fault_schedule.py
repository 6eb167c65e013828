"""How often which faults happen in a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

#: Seconds. No message takes longer one way.
MAX_LEG = 1.4


@dataclass(frozen=True)
class FaultSchedule:
    """How often each fault happens, as a share from 0 to 1.

    `slow` is the share of slow messages to or from a server. `failing` is the share of failing
    calls; half of these take effect all the same. `crashing` is the share of steps of a use case
    after which its process dies. `faults` names the faults of servers that may happen (see
    `faults`). `compares_every` is in seconds; a shown board may be half a second older.
    """

    slow: float = 0.0
    failing: float = 0.0
    crashing: float = 0.0
    hints_lost: float = 0.0
    hints_late: float = 0.0
    hints_twice: float = 0.0
    faults: Sequence[str] = ()
    compares_every: float = 1.0

    @property
    def compared_within(self) -> float:
        return self.compares_every + 0.5

    def leg(self, rng: Random) -> float:
        """Return a random time for a message one way, in seconds."""
        luck = rng.random()
        if luck < self.slow:
            return rng.uniform(0.3, MAX_LEG)
        if luck < 0.4:
            return rng.choice((0.0, 0.001, 0.002))
        return rng.uniform(0.0, 0.01 if luck < 0.8 else 0.12)


CALM = FaultSchedule()
FAULT_SCHEDULES = {
    "calm": CALM,
    "prompt hints alone": FaultSchedule(hints_twice=0.1, compares_every=60.0),
    "hints alone": FaultSchedule(hints_late=0.1, hints_twice=0.1, compares_every=60.0),
    "hints": FaultSchedule(
        hints_lost=0.2, hints_late=0.2, hints_twice=0.1, faults=["subscription cut"]
    ),
    "slow": FaultSchedule(slow=0.06, hints_late=0.2, crashing=0.1),
    "failing": FaultSchedule(
        failing=0.06,
        hints_lost=0.1,
        crashing=0.1,
        faults=["store away", "ledger away", "store away from all", "ledger away from all"],
    ),
    "ledger away": FaultSchedule(hints_lost=0.3, faults=["ledger away", "ledger away from all"]),
    "losing": FaultSchedule(
        hints_lost=0.1,
        hints_late=0.1,
        crashing=0.05,
        faults=["store emptied", "store set back", "subscription cut"],
    ),
    "everything": FaultSchedule(
        slow=0.03,
        failing=0.03,
        crashing=0.1,
        hints_lost=0.1,
        hints_late=0.1,
        hints_twice=0.05,
        faults=["subscription cut", "store away", "ledger away", "store emptied", "store set back"],
    ),
}
