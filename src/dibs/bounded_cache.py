"""A cache of limited size that drops the values that were not used for the longest time."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable

Key = TypeVar("Key", bound="Hashable")
Value = TypeVar("Value")


class BoundedCache(Generic[Key, Value]):
    """A cache in which the sizes of all values together are at most `max_size`. A value that is
    larger than that is not kept."""

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size
        self._size = 0
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    @property
    def size(self) -> int:
        return self._size

    def get(self, key: Key) -> Value | None:
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def put(self, key: Key, value: Value, size: int) -> None:
        self._drop(key)
        if size > self._max_size:
            return
        self._values[key] = (value, size)
        self._size += size
        while self._size > self._max_size:
            self._drop(next(iter(self._values)))

    def _drop(self, key: Key) -> None:
        _, size = self._values.pop(key, (None, 0))
        self._size -= size
