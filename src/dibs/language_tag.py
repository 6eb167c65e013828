"""Decides what is a language tag, like `de-AT` or `zh-Hant-TW` (BCP 47), as browsers send it."""

from __future__ import annotations

import re

#: The length up to which software has to support tags (RFC 5646, section 4.4.1).
MAX_LENGTH = 35
_TAG = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})"  # language
    r"(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"  # script, region
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"  # variants
    r"(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*"  # extensions
    r"(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.ASCII | re.IGNORECASE,
)


def is_language_tag(text: str) -> bool:
    return len(text) <= MAX_LENGTH and _TAG.fullmatch(text) is not None
