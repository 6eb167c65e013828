"""Comparing an answer with one that was captured: same keys in order, same JSON types."""

from __future__ import annotations

import json
from typing import Any


def shape(value: Any) -> Any:
    """What remains of JSON without its values; a list has the shapes of its elements."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return sorted({json.dumps(shape(each)) for each in value})
    return type(value).__name__


def same_shape(answer: Any, captured: str) -> bool:
    """Whether an answer's JSON could be the captured one's with other values."""
    wanted = json.loads(captured)
    return shape(answer) == shape(wanted) and _names(answer) == _names(wanted)


def _names(value: Any) -> list[str]:
    return list(value) if isinstance(value, dict) else []
