"""Names of cookies with prefixes, so that other sites of the same domain can't set them.

Browsers enforce rules for names with these prefixes. Visitors who come by https have cookies with a
prefix, all others have cookies with plain names. All other code of Dibs knows only the plain names.
"""

from __future__ import annotations

#: Browsers accept a cookie with this prefix only by https, for one host, and for all paths of a
#: site.
WHOLE_SITE = b"__Host-"
#: Browsers accept a cookie with this prefix only by https.
BY_HTTPS = b"__Secure-"
#: The strictest prefix comes first.
PREFIXES = (WHOLE_SITE, BY_HTTPS)

Pair = tuple[bytes, bytes]


def plain_names(sent: bytes) -> bytes:
    """Return the cookies of a request by their plain names.

    A cookie with a prefix hides other cookies with the same plain name, because another site may
    have set these.
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
    """Return the name and the value of each cookie of a request."""
    split = (each.strip().partition(b"=") for each in sent.split(b";"))
    return [(name, value) for name, equals, value in split if equals]


def value_of(sent: bytes, wanted: bytes) -> bytes | None:
    """Return the value of one cookie, or None if the request has no cookie of that name."""
    return next((value for name, value in pairs_of(sent) if name == wanted), None)
