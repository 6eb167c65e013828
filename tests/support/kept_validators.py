"""Keeps the validators of routes from one Dibs to the next.

FastAPI makes a validator for each parameter and each answer of a route, and makes them again for
each app. The validators depend on types only, and making them takes a third of a start.
"""

from __future__ import annotations

from typing import Any

from fastapi._compat.v2 import ModelField, asdict
from pydantic import TypeAdapter

_make = ModelField.__post_init__
_kept: dict[Any, TypeAdapter[Any]] = {}


def keep_validators() -> None:
    """Keep validators, in this process and in those forked from it."""
    ModelField.__post_init__ = _make_or_take  # type: ignore[assignment]


def _make_or_take(field: ModelField) -> None:
    try:
        known = _kept.get(key := _key(field))
    except TypeError:  # A part of it can't be hashed.
        _make(field)
        return
    if known is None:
        _make(field)
        _kept[key] = field._type_adapter
    else:
        field._type_adapter = known


def _key(field: ModelField) -> Any:
    """Return everything that the validator is made from. Equal types may make different validators,
    because the order of a union counts."""
    made_from = asdict(field.field_info)
    attributes = tuple(
        (name, type(value), value) for name, value in made_from["attributes"].items()
    )
    annotation = made_from["annotation"]
    return annotation, repr(annotation), tuple(made_from["metadata"]), attributes, field.config
