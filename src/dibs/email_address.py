"""What an e-mail address is: whatever is asked of Dibs, this is the one place that decides.

It is taken only if a letter reaches exactly what is written. So there are no letters but ASCII
(others look alike, and are turned into others on the way; a domain has a spelling with `xn--`), no
encoded words (`=?…?=`, which mail software may decode), no quotes, comments or bare numbers.
"""

from __future__ import annotations

import re

LONGEST = 254
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(
    rf"(?!.*=\?)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?=[A-Za-z]){_LABEL}"
)


def is_address(text: str) -> bool:
    return len(text) <= LONGEST and _ADDRESS.fullmatch(text) is not None


def mailbox(address: str) -> str:
    """Where it leads to: the same however its capitals are written."""
    return address.lower()
