"""Reads text that PHP's `serialize` has written. It reads plain values and arrays, no objects."""

from __future__ import annotations

from typing import Any

MAX_NESTED = 32


class NotSerialized(ValueError):
    """The text is not the serialised form of plain values."""


def unserialize(text: str) -> Any:
    """Return the value of a serialised text. An array becomes a dict. Raises NotSerialized."""
    # The lengths in the text count bytes.
    reader = _Reader(text.encode())
    try:
        value = reader.value()
    except ValueError as error:
        raise NotSerialized(f"{error}") from None
    if reader.rest:
        raise NotSerialized("something follows the end")
    return value


class _Reader:
    def __init__(self, rest: bytes) -> None:
        self.rest = rest

    def value(self, nested: int = 0) -> Any:
        kind, self.rest = self.rest[:2], self.rest[2:]
        match kind:
            case b"N;":
                return None
            case b"b:":
                return self._read_until(b";") == b"1"
            case b"i:":
                return int(self._read_until(b";"))
            case b"d:":
                return float(self._read_until(b";"))
            case b"s:":
                return self._text()
            case b"a:":
                return self._array(nested + 1)
        raise NotSerialized(f"{kind!r} begins no plain value")

    def _read_until(self, end: bytes) -> bytes:
        found, separator, self.rest = self.rest.partition(end)
        if not separator:
            raise NotSerialized("it breaks off")
        return found

    def _text(self) -> str:
        length = self._count(b':"')
        found, end, self.rest = self.rest[:length], self.rest[length:][:2], self.rest[length + 2 :]
        if end != b'";':
            raise NotSerialized("a text isn't as long as it says")
        return found.decode(errors="replace")

    def _count(self, end: bytes) -> int:
        count = int(self._read_until(end))
        if count < 0:
            raise NotSerialized(f"nothing has {count} parts")
        return count

    def _array(self, nested: int) -> dict[int | str, Any]:
        if nested > MAX_NESTED:
            raise NotSerialized("it is nested too deeply")
        found = {}
        for _ in range(self._count(b":{")):
            key = self.value(nested)
            if not isinstance(key, int | str):
                raise NotSerialized("a key is neither number nor text")
            found[key] = self.value(nested)
        if self._read_until(b"}"):
            raise NotSerialized("an array holds more than it says")
        return found
