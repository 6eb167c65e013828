"""Compares an answer with a captured one: the same keys in order, and the same JSON types."""

from __future__ import annotations

import json
from typing import Any


def shape(value: Any) -> Any:
    """Return JSON with the types in place of the values. A list has the different shapes of its
    elements."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return sorted({json.dumps(shape(each)) for each in value})
    return type(value).__name__


def same_shape(answer: Any, captured: str) -> bool:
    """Tell whether an answer's JSON differs from the captured JSON only in its values."""
    wanted = json.loads(captured)
    return shape(answer) == shape(wanted) and _names(answer) == _names(wanted)


def _names(value: Any) -> list[str]:
    return list(value) if isinstance(value, dict) else []
