"""The types of settings: each reads a value, and refuses a wrong one with a message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import AddressHeader, HeaderRegistry
from ipaddress import ip_address, ip_network
from typing import Annotated
from urllib.parse import urlsplit

import limits
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode

POSTGRESQL = ("postgresql://", "postgres://")
REDIS = ("redis://", "rediss://", "unix://")
#: The least number of characters. A key of 32 base64 characters has 192 random bits.
MIN_SECRET_KEY = 32
LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
#: Host names in lower case and as ASCII (xn--…), as browsers write them, or IP addresses.
ORIGIN = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{LABEL}(\.{LABEL})*|\[[0-9a-f:]{{2,39}}\])"
    r"(:(?P<port>[1-9]\d{0,4}))?",
    re.ASCII,
)
#: The path has no part "." or "..", because browsers remove such parts.
PUBLIC_URL = re.compile(
    r"https?://[^\s/?#@\\\"'<>]+(/(?P<first>(?!\.\.?(/|$))[\w.~-]+)(/(?!\.\.?(/|$))[\w.~-]+)*)?/?",
    re.ASCII,
)
#: First parts of Dibs's own paths. If the public URL's path began with one of them, Dibs could not
#: tell whether the proxy has already removed that path from a request.
OWN_PATHS = (
    *("api", "assets", "embed", "embed.js", "feeds", "health", "manage", "metrics", "my", "office"),
    *("outbox", "pictures", "robots.txt", "sitemap.xml", "wp-json", "wp-admin", "index.php"),
)
USUAL_PORTS = {"http": 80, "https": 443}

#: The value of the mail server's setting with which letters are not sent, but shown at /outbox. It
#: is for people who try Dibs.
LOCAL_OUTBOX = "local:"


def _read_seconds(value: object) -> object:
    """Read a number of seconds, as the environment has it."""
    if isinstance(value, timedelta):
        return value
    try:
        return timedelta(seconds=float(str(value)))
    except (ValueError, OverflowError):
        raise ValueError("it is no number of seconds") from None


@dataclass(frozen=True)
class Rate:
    """A count in a period. It is written like 5/minute or 3/5 minutes."""

    count: int
    period: timedelta
    text: str

    @classmethod
    def parse(cls, text: str) -> Rate:
        """Read one rate. Raises ValueError."""
        (item,) = limits.parse_many(text)
        return cls(item.amount, timedelta(seconds=item.get_expiry()), text)

    def __str__(self) -> str:
        return self.text


def _read_rate(value: object) -> object:
    if isinstance(value, Rate):
        return value
    try:
        return Rate.parse(str(value))
    except ValueError:
        raise ValueError("it is no rate like 5/minute or 3/5 minutes") from None


def _check_database_url(url: str) -> str:
    if url and not url.startswith(("sqlite:///", *POSTGRESQL)):
        raise ValueError("only postgresql://… and sqlite:///FILE are supported")
    return url


def _check_redis_url(url: str) -> str:
    if url and not url.startswith(REDIS):
        raise ValueError("only redis://…, rediss://… and unix://… are supported")
    return url


def _check_secret_key(key: str) -> str:
    key = key.strip()
    if key and len(key) < MIN_SECRET_KEY:
        raise ValueError(
            f"it has {len(key)} characters and needs {MIN_SECRET_KEY} at least; make one:"
            " python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
        )
    return key


def _check_public_url(url: str) -> str:
    if url and (match := PUBLIC_URL.fullmatch(url)) is None:
        raise ValueError("only http(s)://HOST and http(s)://HOST/PATH are supported")
    if url and match and (match["first"] or "") in OWN_PATHS:
        raise ValueError(f"the path can't begin with /{match['first']}, which Dibs itself uses")
    return url


def _check_smtp_url(url: str) -> str:
    parts = urlsplit(url)
    if (
        url
        and url != LOCAL_OUTBOX
        and (parts.scheme not in ("smtp", "smtps") or not parts.hostname)
    ):
        raise ValueError(f"only smtp://HOST, smtps://HOST and {LOCAL_OUTBOX} are supported")
    return url


def _check_sender(text: str) -> str:
    try:
        header = HeaderRegistry()("From", text)
    except (ValueError, IndexError):
        header = None
    senders = header.addresses if isinstance(header, AddressHeader) else ()
    if len(senders) != 1 or not (senders[0].username and senders[0].domain):
        raise ValueError("only one address is supported, like Dibs <booking@example.com>")
    return text


def _check_networks(text: str) -> str:
    for each in split_list(text):
        ip_network(each)
    return text


def _check_origins(text: str) -> str:
    for each in split_list(text):
        if not _is_origin(each):
            raise ValueError(f"'{each}' is not an origin like https://example.com")
    return text


def _check_hosts(text: str) -> str:
    for each in split_list(text):
        if each != each.lower() or not _is_origin(f"http://{each}"):
            raise ValueError(f"'{each}' is not a host like calendar.example or localhost:5232")
    return text


def _is_origin(text: str) -> bool:
    """Tell whether a browser would send an origin exactly like this text."""
    match = ORIGIN.fullmatch(text)
    if match is None or len(match["host"]) > 253:
        return False
    port = int(match["port"] or 0)
    return port <= 65535 and port != USUAL_PORTS[match["scheme"]]


def split_list(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".") == "localhost"


Duration = Annotated[timedelta, BeforeValidator(_read_seconds), Field(gt=timedelta(0))]
#: A number of days to keep something. The least is two, because stored answers to requests are
#: valid for two days, and because in some time zone it is still the day before.
Days = Annotated[int, Field(ge=2, le=36_500)]
RateText = Annotated[Rate, NoDecode, BeforeValidator(_read_rate)]
DatabaseUrl = Annotated[str, AfterValidator(_check_database_url)]
RedisUrl = Annotated[str, AfterValidator(_check_redis_url)]
SecretKey = Annotated[str, AfterValidator(_check_secret_key)]
PublicUrl = Annotated[str, AfterValidator(_check_public_url)]
SmtpUrl = Annotated[str, AfterValidator(_check_smtp_url)]
Sender = Annotated[str, AfterValidator(_check_sender)]
Networks = Annotated[str, AfterValidator(_check_networks)]
Origins = Annotated[str, AfterValidator(_check_origins)]
Hosts = Annotated[str, AfterValidator(_check_hosts)]
