"""What PHP's `serialize` wrote, as far as options of plugins go: no objects, nothing that runs."""

from __future__ import annotations

from typing import Any


class NotSerialized(ValueError):
    """This isn't the serialised form of plain values."""


def unserialize(text: str) -> Any:
    """Plain values; an array becomes a dict. Raises NotSerialized."""
    # Lengths count bytes.
    reader = _Reader(text.encode())
    try:
        value = reader.value()
    except (ValueError, IndexError, RecursionError) as error:
        raise NotSerialized(f"{error}") from None
    if reader.rest:
        raise NotSerialized("something follows the end")
    return value


class _Reader:
    def __init__(self, rest: bytes) -> None:
        self.rest = rest

    def value(self) -> Any:
        kind, self.rest = self.rest[:2], self.rest[2:]
        match kind:
            case b"N;":
                return None
            case b"b:":
                return self._until(b";") == b"1"
            case b"i:":
                return int(self._until(b";"))
            case b"d:":
                return float(self._until(b";"))
            case b"s:":
                return self._text()
            case b"a:":
                return self._array()
        raise NotSerialized(f"{kind!r} begins no plain value")

    def _until(self, end: bytes) -> bytes:
        found, separator, self.rest = self.rest.partition(end)
        if not separator:
            raise NotSerialized("it breaks off")
        return found

    def _text(self) -> str:
        length = int(self._until(b':"'))
        found, end, self.rest = self.rest[:length], self.rest[length:][:2], self.rest[length + 2 :]
        if end != b'";':
            raise NotSerialized("a text isn't as long as it says")
        return found.decode(errors="replace")

    def _array(self) -> dict[Any, Any]:
        count = int(self._until(b":{"))
        found = {}
        for _ in range(count):
            key = self.value()
            found[key] = self.value()
        if self._until(b"}"):
            raise NotSerialized("an array holds more than it says")
        return found
