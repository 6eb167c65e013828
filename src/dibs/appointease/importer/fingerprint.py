"""The fingerprint of an appointment's row, which is stored and compared with the row later."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

GONE = "gone"


@dataclass(frozen=True)
class Fingerprint:
    """Everything in an appointment's row that matters to its booking. `customer` is only a
    hash."""

    starts: str
    status: str
    service: str
    staff: str
    customer: str

    @classmethod
    def read(cls, text: str | None) -> Fingerprint:
        return cls(**orjson.loads(text)) if text else cls("", "", "", "", "")

    @property
    def text(self) -> str:
        return orjson.dumps(asdict(self)).decode()

    @property
    def gone(self) -> Fingerprint:
        return replace(self, status=GONE)

    @property
    def is_off(self) -> bool:
        return self.status in ("cancelled", GONE)

    def describe_change(self, before: Fingerprint) -> str:
        """Return what has changed since `before`, as text for people."""
        if self.status == GONE:
            return "gone from the plugin"
        return f"{' and '.join(self._changes_since(before))} in the plugin"

    def _changes_since(self, before: Fingerprint) -> Iterator[str]:
        if self.starts != before.starts:
            yield f"moved to {self.starts}"
        if self.status != before.status:
            yield self.status.replace("_", " ")
        if self.service != before.service:
            yield f"given service {self.service}"
        if self.staff != before.staff:
            yield f"given employee {self.staff}"
        if self.customer != before.customer:
            yield "given another name, e-mail address or phone"
