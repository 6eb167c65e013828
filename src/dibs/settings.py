"""Every setting, each an environment variable `DIBS_…`; `dibs settings` prints this page."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dibs.plain_text import unprintable_in
from dibs.setting_types import (
    POSTGRESQL,
    DatabaseUrl,
    Duration,
    Networks,
    Origins,
    PublicUrl,
    Rate,
    RateText,
    RedisUrl,
    SecretKey,
    Sender,
    SmtpUrl,
    is_loopback,
    split_list,
)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="DIBS_", frozen=True)

    data: Path = Field(Path("data"), description="Folder of the embedded mode: database and key.")
    database_url: DatabaseUrl = Field(
        "",
        description="Where the ledger lives: postgresql://… (with DIBS_REDIS_URL), or sqlite:///FILE."
        " Default: dibs.db in the folder.",
    )
    database_connections: int = Field(
        16, ge=2, le=1000, description="Most connections of one node to PostgreSQL."
    )
    redis_url: RedisUrl = Field(
        "",
        description="Where holds live when the ledger is in PostgreSQL: redis://…, rediss://…,"
        " unix://….",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: PublicUrl = Field(
        "",
        description="Address visitors use, for links: https://HOST, or https://HOST/PATH if Dibs"
        " lives under a path of a site. Default: http://HOST:PORT.",
    )
    secret_key: SecretKey = Field(
        "",
        description="Signs manage tokens: 32 characters at least, the same on every node. Default,"
        " without PostgreSQL: made once and kept in the data folder.",
    )
    secret_key_previous: SecretKey = Field(
        "",
        description="The key before this one, while it is being replaced: what it signed stays"
        " good, and nothing new is signed with it.",
    )
    smtp_url: SmtpUrl = Field(
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
    mail_from: Sender = Field(
        "dibs@localhost",
        description="Sender of what Dibs mails: an address the mail server may send for.",
    )
    metrics_readers: Networks = Field(
        "127.0.0.1, ::1",
        description="Addresses or networks that may read /metrics, with commas between; empty:"
        " none. Who comes through a proxy needs DIBS_TRUSTED_PROXIES to name it.",
    )
    metrics_token: SecretKey = Field(
        "",
        description="Whoever sends this as a bearer token may read /metrics from any address: 32"
        " characters at least. Default: there is no token.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="How much is logged."
    )

    trusted_proxies: Networks = Field(
        "",
        description="Addresses or networks of reverse proxies, with commas between: only what they"
        " say in X-Forwarded-For and X-Forwarded-Proto counts.",
    )
    origins: Origins = Field(
        "",
        description="Other sites whose pages may use the API and show the booking page in a frame,"
        " exactly as browsers send them: https://HOST or https://HOST:PORT, with commas between.",
    )
    limits: Literal["on", "off"] = Field(
        "on", description="off turns all limits below off, for load tests."
    )
    limit_writes: RateText = Field(
        Rate.parse("1200/minute"),
        description="Holds, checkouts and bookings, and opening and ending sessions, per address.",
    )
    limit_writes_visitor: RateText = Field(
        Rate.parse("120/minute"), description="Holds, checkouts and bookings per visitor."
    )
    limit_lookups: RateText = Field(
        Rate.parse("1200/minute"),
        description="AppointEase clients' questions about customers and sessions, per address.",
    )
    limit_codes: RateText = Field(
        Rate.parse("5/hour"),
        description="Sign-in codes for one mailbox that one address asks for, or one browser that"
        " has signed in or booked with that mailbox before.",
    )
    limit_codes_mailbox: RateText = Field(
        Rate.parse("20/hour"),
        description="Sign-in codes for one mailbox that all unknown browsers together ask for, and"
        " as many for all that have only booked with it. Browsers that have signed in aren't"
        " counted here.",
    )
    limit_codes_address: RateText = Field(
        Rate.parse("30/hour"),
        description="Sign-in codes that one address asks for, whoever they are for. Browsers that"
        " have signed in aren't counted here.",
    )
    limit_bookings_customer: RateText = Field(
        Rate.parse("3/5 minutes"),
        description="Bookings by AppointEase clients for one e-mail address.",
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
    limit_changes: RateText = Field(
        Rate.parse("20/10 minutes"),
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
    stream_heartbeat_interval: Duration = Field(
        timedelta(seconds=15),
        description="Seconds between two heartbeats of a stream. A page that hears nothing for two"
        " takes the stream for broken.",
    )
    stream_life: Duration = Field(
        timedelta(seconds=600),
        description="Seconds after which a stream is ended, to be opened anew; at random down to"
        " half of it.",
    )
    stream_send_timeout: Duration = Field(
        timedelta(seconds=5),
        description="Seconds after which a stream is cut if its reader takes nothing.",
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

    @property
    def mail_must_be_encrypted(self) -> bool:
        host = urlsplit(self.smtp_url).hostname or ""
        return self.smtp_tls == "required" or (self.smtp_tls == "auto" and not is_loopback(host))

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(ip_network(each) for each in split_list(self.trusted_proxies))

    @property
    def metrics_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(ip_network(each) for each in split_list(self.metrics_readers))

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        return split_list(self.origins)

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
