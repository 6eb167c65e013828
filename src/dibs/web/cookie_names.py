"""Names of cookies that other sites of the same domain can't set: browsers see to it by a prefix.

Visitors who come by https have cookies with a prefix, all others have them by their plain names.
Inside there are only plain names.
"""

from __future__ import annotations

#: Browsers take a cookie of this name by https alone, for one host alone, and for all of a site.
WHOLE_SITE = b"__Host-"
#: Browsers take a cookie of this name by https alone.
BY_HTTPS = b"__Secure-"
#: The strictest comes first.
PREFIXES = (WHOLE_SITE, BY_HTTPS)

Pair = tuple[bytes, bytes]


def plain_names(sent: bytes) -> bytes:
    """The cookies of a request by their plain names.

    One that was sent with a prefix hides all others of its name, which anybody may have set.
    """
    if not any(prefix in sent for prefix in PREFIXES):
        return sent
    pairs = pairs_of(sent)
    strict: dict[bytes, bytes] = {}
    for prefix in PREFIXES:
        for name, value in pairs:
            if name.startswith(prefix):
                strict.setdefault(name.removeprefix(prefix), value)
    others = [
        (name, value)
        for name, value in pairs
        if name not in strict and not name.startswith(PREFIXES)
    ]
    return b"; ".join(b"%b=%b" % pair for pair in (*strict.items(), *others))


def pairs_of(sent: bytes) -> list[Pair]:
    """Name and value of each cookie of a request."""
    split = (each.strip().partition(b"=") for each in sent.split(b";"))
    return [(name, value) for name, equals, value in split if equals]


def value_of(sent: bytes, wanted: bytes) -> bytes | None:
    """The value of a cookie of a request."""
    return next((value for name, value in pairs_of(sent) if name == wanted), None)
