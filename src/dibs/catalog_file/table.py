"""The base of all tables of a catalog file."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from dibs.catalog_file.values import TranslationTag


class Table(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


Texts = TypeVar("Texts", bound=Table)
Translated = dict[TranslationTag, Texts]
