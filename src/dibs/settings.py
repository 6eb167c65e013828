"""Every setting, each an environment variable `DIBS_…`; `dibs settings` prints this page."""

from __future__ import annotations

import re
from datetime import timedelta
from email.headerregistry import AddressHeader, HeaderRegistry
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import limits
from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dibs.plain_text import unprintable_in

POSTGRESQL = ("postgresql://", "postgres://")
REDIS = ("redis://", "rediss://", "unix://")
#: Characters; a key of 32 from base64 has 192 random bits.
MIN_SECRET_KEY = 32
LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
#: Names in lower case and as ASCII (xn--…), as browsers write them; addresses, too.
ORIGIN = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{LABEL}(\.{LABEL})*|\[[0-9a-f:]{{2,39}}\])"
    r"(:(?P<port>[1-9]\d{0,4}))?",
    re.ASCII,
)
#: The path has no part "." or "..", which browsers would take away.
PUBLIC_URL = re.compile(
    r"https?://[^\s/?#@\\\"'<>]+(/(?P<first>(?!\.\.?(/|$))[\w.~-]+)(/(?!\.\.?(/|$))[\w.~-]+)*)?/?",
    re.ASCII,
)
#: Under a path that begins so, it could not be told whether a proxy has stripped it.
OWN_PATHS = ("api", "assets", "manage", "health", "wp-json", "wp-admin", "index.php")
USUAL_PORTS = {"http": 80, "https": 443}


def _read_seconds(value: object) -> object:
    """What stands in the environment is a number of seconds."""
    if isinstance(value, timedelta):
        return value
    try:
        return timedelta(seconds=float(str(value)))
    except (ValueError, OverflowError):
        raise ValueError("it is no number of seconds") from None


Duration = Annotated[timedelta, BeforeValidator(_read_seconds), Field(gt=timedelta(0))]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="DIBS_", frozen=True)

    data: Path = Field(Path("data"), description="Folder of the embedded mode: database and key.")
    database_url: str = Field(
        "",
        description="Where the ledger lives: postgresql://… (with DIBS_REDIS_URL), or sqlite:///FILE."
        " Default: dibs.db in the folder.",
    )
    database_connections: int = Field(
        16, ge=2, le=1000, description="Most connections of one node to PostgreSQL."
    )
    redis_url: str = Field(
        "",
        description="Where holds live when the ledger is in PostgreSQL: redis://…, rediss://…,"
        " unix://….",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: str = Field(
        "",
        description="Address visitors use, for links: https://HOST, or https://HOST/PATH if Dibs"
        " lives under a path of a site. Default: http://HOST:PORT.",
    )
    secret_key: str = Field(
        "",
        description="Signs manage tokens: 32 characters at least, the same on every node. Default,"
        " without PostgreSQL: made once and kept in the data folder.",
    )
    secret_key_previous: str = Field(
        "",
        description="The key before this one, while it is being replaced: what it signed stays"
        " good, and nothing new is signed with it.",
    )
    smtp_url: str = Field(
        "",
        description="Mail server: smtp://USER:PASSWORD@HOST:PORT (STARTTLS), or smtps://."
        " Without one no sign-in code can be sent.",
    )
    smtp_tls: Literal["auto", "required", "optional"] = Field(
        "auto",
        description="required: nothing is sent unless it is encrypted, by a certificate of the mail"
        " server's name; optional: in clear if need be. auto: optional on this machine alone"
        " (localhost, 127.0.0.1, ::1), else required.",
    )
    mail_from: str = Field(
        "dibs@localhost",
        description="Sender of what Dibs mails: an address the mail server may send for.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="How much is logged."
    )

    trusted_proxies: str = Field(
        "",
        description="Addresses or networks of reverse proxies, with commas between: only what they"
        " say in X-Forwarded-For and X-Forwarded-Proto counts.",
    )
    origins: str = Field(
        "",
        description="Other sites whose pages may use the API and show the booking page in a frame,"
        " exactly as browsers send them: https://HOST or https://HOST:PORT, with commas between.",
    )
    limits: Literal["on", "off"] = Field(
        "on", description="off turns all limits below off, for load tests."
    )
    limit_writes: str = Field(
        "1200/minute",
        description="Holds, checkouts and bookings, and opening and ending sessions, per address.",
    )
    limit_writes_visitor: str = Field(
        "120/minute", description="Holds, checkouts and bookings per visitor."
    )
    limit_lookups: str = Field(
        "1200/minute",
        description="AppointEase clients' questions about customers and sessions, per address.",
    )
    limit_codes: str = Field(
        "5/hour",
        description="Sign-in codes for one mailbox that one address asks for, or one browser that"
        " has signed in or booked with that mailbox before.",
    )
    limit_codes_mailbox: str = Field(
        "20/hour",
        description="Sign-in codes for one mailbox that all unknown browsers together ask for, and"
        " as many for all that have only booked with it. Browsers that have signed in aren't"
        " counted here.",
    )
    limit_codes_address: str = Field(
        "30/hour",
        description="Sign-in codes that one address asks for, whoever they are for. Browsers that"
        " have signed in aren't counted here.",
    )
    limit_bookings_customer: str = Field(
        "3/5 minutes", description="Bookings by AppointEase clients for one e-mail address."
    )

    connections_per_address: int = Field(
        400,
        ge=0,
        description="Most connections open from one address, streams and trusted proxies not"
        " counted; 0: any number.",
    )
    header_time: Duration = Field(
        timedelta(seconds=10), description="Seconds in which a request's headers must have arrived."
    )
    body_time: Duration = Field(
        timedelta(seconds=30), description="Seconds in which a request's body must arrive."
    )
    claims_per_address: int = Field(
        60, ge=0, description="Most holds and checkouts of one address at once; 0: any number."
    )
    claims_per_visitor: int = Field(
        10,
        ge=0,
        description="Most holds and checkouts of one visitor at once; 0: any number. All of an"
        " address without a visitor's secret are one.",
    )
    limit_changes: str = Field(
        "20/10 minutes",
        description="Times one booking is moved or cancelled.",
    )

    hold_fresh: Duration = Field(
        timedelta(seconds=120), description="Seconds a new hold lives before it is prolonged."
    )
    hold_total: Duration = Field(
        timedelta(seconds=600), description="Seconds a hold lives at most, however prolonged."
    )
    hold_take: Duration = Field(
        timedelta(seconds=15),
        description="Seconds a hold is kept at least while its booking is being written.",
    )
    hold_poll: Duration = Field(
        timedelta(seconds=10),
        description="Seconds to which a poll with `selected_time` prolongs its hold.",
    )
    hold_linger: Duration = Field(
        timedelta(seconds=120),
        description="Seconds a hold lives on after an AppointEase client deselects it, beyond"
        " `DIBS_HOLD_TOTAL` if need be.",
    )
    hold_record: Duration = Field(
        timedelta(seconds=300),
        description="Seconds the store remembers a visitor after their hold has ended.",
    )
    checkout_time: Duration = Field(
        timedelta(seconds=600), description="Seconds to fill in the details form."
    )
    keep_total: Duration = Field(
        timedelta(seconds=1200),
        description="Seconds one visitor may keep one time by holds and checkouts together, in"
        " whatever order.",
    )
    keep_rest: Duration = Field(
        timedelta(seconds=60),
        description="Seconds a time that was kept so long is left to others, before the same"
        " visitor can claim it again.",
    )
    code_time: Annotated[Duration, Field(le=timedelta(seconds=600))] = Field(
        timedelta(seconds=600), description="Seconds a sign-in code is good for, 600 at most."
    )
    session_time: Duration = Field(
        timedelta(seconds=86_400), description="Seconds a customer stays signed in at most."
    )
    session_idle: Duration = Field(
        timedelta(seconds=43_200),
        description="Seconds after which a customer who asks for nothing is signed out.",
    )
    poll_interval: Duration = Field(
        timedelta(seconds=1), description="Pace advised to clients that poll."
    )
    board_idle: Duration = Field(
        timedelta(seconds=60),
        description="Seconds after which a board nobody looks at is no longer watched.",
    )
    stream_beat: Duration = Field(
        timedelta(seconds=15),
        description="Seconds between two heartbeats of a stream. A page that hears nothing for two"
        " takes the stream for broken.",
    )
    stream_life: Duration = Field(
        timedelta(seconds=600),
        description="Seconds after which a stream is ended, to be opened anew; at random down to"
        " half of it.",
    )
    stream_patience: Duration = Field(
        timedelta(seconds=5),
        description="Seconds after which a stream whose reader takes nothing is cut.",
    )
    streams_per_address: int = Field(
        200, ge=0, description="Most streams open to one address; 0: any number."
    )
    streams_per_view: int = Field(
        5000, ge=0, description="Most streams open on one board or day; 0: any number."
    )

    @field_validator("*", mode="before")
    @classmethod
    def _one_line(cls, value: object) -> object:
        found = unprintable_in(value) if isinstance(value, str) else None
        if found is not None:
            raise ValueError(f"it has a character that can't be printed in a line: {found}")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", *POSTGRESQL)):
            raise ValueError("only postgresql://… and sqlite:///FILE are supported")
        return url

    @field_validator("secret_key", "secret_key_previous")
    @classmethod
    def _long_enough(cls, key: str) -> str:
        key = key.strip()
        if key and len(key) < MIN_SECRET_KEY:
            raise ValueError(
                f"it has {len(key)} characters and needs {MIN_SECRET_KEY} at least; make one:"
                " python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
            )
        return key

    @field_validator("public_url")
    @classmethod
    def _public_address(cls, url: str) -> str:
        if url and (match := PUBLIC_URL.fullmatch(url)) is None:
            raise ValueError("only http(s)://HOST and http(s)://HOST/PATH are supported")
        if url and match and (match["first"] or "") in OWN_PATHS:
            raise ValueError(f"the path can't begin with /{match['first']}, which Dibs itself uses")
        return url

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
            raise ValueError("only smtp://HOST and smtps://HOST are supported")
        return url

    @field_validator("mail_from")
    @classmethod
    def _one_sender(cls, text: str) -> str:
        try:
            header = HeaderRegistry()("From", text)
        except (ValueError, IndexError):
            header = None
        senders = header.addresses if isinstance(header, AddressHeader) else ()
        if len(senders) != 1 or not (senders[0].username and senders[0].domain):
            raise ValueError("only one address is supported, like Dibs <booking@example.com>")
        return text

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, text: str) -> str:
        for each in _listed(text):
            ip_network(each)
        return text

    @field_validator("origins")
    @classmethod
    def _exact_origins(cls, text: str) -> str:
        for each in _listed(text):
            if not _is_origin(each):
                raise ValueError(f"'{each}' is not an origin like https://example.com")
        return text

    @field_validator(
        "limit_writes",
        "limit_writes_visitor",
        "limit_lookups",
        "limit_changes",
        "limit_codes",
        "limit_codes_mailbox",
        "limit_codes_address",
        "limit_bookings_customer",
    )
    @classmethod
    def _rate(cls, text: str) -> str:
        limits.parse(text)
        return text

    def rate(self, name: str) -> tuple[int, timedelta]:
        """How many a setting allows, and in how long a time."""
        item = limits.parse(getattr(self, name))
        return item.amount, timedelta(seconds=item.get_expiry())

    @property
    def mail_must_be_encrypted(self) -> bool:
        host = urlsplit(self.smtp_url).hostname or ""
        return self.smtp_tls == "required" or (self.smtp_tls == "auto" and not _is_loopback(host))

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(ip_network(each) for each in _listed(self.trusted_proxies))

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        return _listed(self.origins)

    @field_validator("redis_url")
    @classmethod
    def _known_store(cls, url: str) -> str:
        if url and not url.startswith(REDIS):
            raise ValueError("only redis://…, rediss://… and unix://… are supported")
        return url

    @model_validator(mode="after")
    def _one_mode(self) -> Settings:
        if self.is_embedded and self.redis_url:
            raise ValueError("DIBS_REDIS_URL needs DIBS_DATABASE_URL=postgresql://… beside it")
        if not self.is_embedded and not self.redis_url:
            raise ValueError("DIBS_DATABASE_URL=postgresql://… needs DIBS_REDIS_URL beside it")
        return self

    @property
    def is_embedded(self) -> bool:
        """One process over a SQLite file; else nodes over PostgreSQL and Redis."""
        return not self.database_url.startswith(POSTGRESQL)

    @property
    def database(self) -> Path | str:
        """The SQLite file of the embedded mode, or the URL of PostgreSQL."""
        return self.database_file if self.is_embedded else self.database_url

    @property
    def database_file(self) -> Path:
        """Of the embedded mode."""
        if self.database_url:
            return Path(self.database_url.removeprefix("sqlite:///"))
        return self.data / "dibs.db"


def show_setting(value: object) -> str:
    """A value as it would stand in the environment: a duration in seconds."""
    return f"{value.total_seconds():.10g}" if isinstance(value, timedelta) else str(value)


def _is_origin(text: str) -> bool:
    """Whether a browser would send exactly this as an origin."""
    match = ORIGIN.fullmatch(text)
    if match is None or len(match["host"]) > 253:
        return False
    port = int(match["port"] or 0)
    return port <= 65535 and port != USUAL_PORTS[match["scheme"]]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".") == "localhost"
