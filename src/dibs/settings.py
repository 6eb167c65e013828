"""All settings. Each is read from an environment variable: `DIBS_` and its name in capitals.

`docs/reference/settings.md` is made from this module. Names follow one scheme: `max_…` is a
limit, and `max_…_rate_per_…` is the limit of a rate. `…_lifetime` is how long something lives,
`…_timeout` how long Dibs waits, and `…_interval` the time between two of a series.
"""

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
    Days,
    Duration,
    Hosts,
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

    data: Path = Field(
        Path("data"),
        description="Folder of the embedded mode: it has the database and the secret key.",
    )
    database_url: DatabaseUrl = Field(
        "",
        description="Where the ledger is: postgresql://… (with DIBS_REDIS_URL), or sqlite:///FILE."
        " Default: dibs.db in the data folder.",
    )
    max_database_connections: int = Field(
        16, ge=2, le=1000, description="Most connections of one node to PostgreSQL."
    )
    redis_url: RedisUrl = Field(
        "",
        description="Where holds are kept when the ledger is in PostgreSQL: redis://…, rediss://…,"
        " unix://….",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0: any free port.")
    public_url: PublicUrl = Field(
        "",
        description="The URL that visitors use, for links: https://HOST, or https://HOST/PATH if"
        " Dibs is under a path of a site. Default: http://HOST:PORT.",
    )
    secret_key: SecretKey = Field(
        "",
        description="The key that signs manage tokens: 32 characters at least, the same on every"
        " node. Default, without PostgreSQL: made once and kept in the data folder.",
    )
    previous_secret_key: SecretKey = Field(
        "",
        description="The secret key before this one, while it is being replaced. What it signed"
        " stays valid; nothing new is signed with it.",
    )
    smtp_url: SmtpUrl = Field(
        "",
        description="Mail server: smtp://USER:PASSWORD@HOST:PORT (STARTTLS), or smtps://."
        " Without one no letter and no sign-in code can be sent. With local: nothing is sent, and"
        " letters are shown at /outbox, on this machine only. That is the default of dibs demo.",
    )
    smtp_tls: Literal["auto", "required", "optional"] = Field(
        "auto",
        description="required: mail is only sent encrypted, to a server with a certificate of its"
        " name. optional: mail is sent without encryption if the server offers none. auto: optional"
        " if the server is this machine (localhost, 127.0.0.1, ::1), else required.",
    )
    mail_from: Sender = Field(
        "dibs@localhost",
        description="Sender of the mail from Dibs: an address that the mail server may send for.",
    )
    letters_folder: Path | None = Field(
        None,
        description="Folder with templates of letters that take the place of those of Dibs. See"
        " docs/how-to/mail.md.",
    )
    calendar_interval: Duration = Field(
        timedelta(seconds=900),
        description="Seconds between two readings of a calendar whose busy times are imported. One"
        " that can't be read is tried less and less often, every six hours at least.",
    )
    calendar_hosts: Hosts = Field(
        "",
        description="Hosts whose calendars are read although they are in a private network, as"
        " HOST or HOST:PORT, with commas between. All other calendars are only read from public"
        " addresses.",
    )
    metrics_readers: Networks = Field(
        "127.0.0.1, ::1",
        description="Addresses or networks that may read /metrics, with commas between; empty:"
        " none. A reader behind a proxy is only known if DIBS_TRUSTED_PROXIES names the proxy.",
    )
    metrics_token: SecretKey = Field(
        "",
        description="A client that sends this bearer token may read /metrics from any address: 32"
        " characters at least. Default: there is no token.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="How much is logged."
    )

    trusted_proxies: Networks = Field(
        "",
        description="Addresses or networks of reverse proxies, with commas between. The headers"
        " X-Forwarded-For and X-Forwarded-Proto are only believed if they come from them.",
    )
    allowed_origins: Origins = Field(
        "",
        description="Other sites whose pages may use the API and show the booking page in a frame,"
        " exactly as browsers send them: https://HOST or https://HOST:PORT, with commas between.",
    )
    limits: Literal["on", "off"] = Field(
        "on",
        description="off: none of the limits below (DIBS_MAX_…) applies, for load tests.",
    )
    max_write_rate_per_ip: RateText = Field(
        Rate.parse("1200/minute"),
        description="Holds, checkouts and bookings, and sessions opened and ended, per client"
        " address.",
    )
    max_write_rate_per_visitor: RateText = Field(
        Rate.parse("120/minute"), description="Holds, checkouts and bookings per visitor."
    )
    max_lookup_rate_per_ip: RateText = Field(
        Rate.parse("1200/minute"),
        description="Requests for feeds, sessions and one's own bookings, and questions of"
        " AppointEase clients about customers and sessions, per client address.",
    )
    max_code_rate_per_ip_and_mailbox: RateText = Field(
        Rate.parse("5/hour"),
        description="Sign-in codes for one mailbox that one client address asks for, or one"
        " browser that has signed in or booked with that mailbox before.",
    )
    max_code_rate_per_mailbox: RateText = Field(
        Rate.parse("20/hour"),
        description="Sign-in codes for one mailbox that all unknown browsers together ask for, and"
        " as many for all browsers that have only booked with it. Browsers that have signed in"
        " aren't counted here.",
    )
    max_code_rate_per_ip: RateText = Field(
        Rate.parse("30/hour"),
        description="Sign-in codes that one client address asks for, for all mailboxes together."
        " Browsers that have signed in aren't counted here.",
    )
    max_password_rate_per_ip_and_user: RateText = Field(
        Rate.parse("10/15 minutes"),
        description="Attempts to sign in to the office as one user from one client address, or from"
        " one browser that has signed in as that user before.",
    )
    max_password_rate_per_user: RateText = Field(
        Rate.parse("50/hour"),
        description="Attempts to sign in to the office as one user by all browsers together that"
        " haven't signed in as that user before.",
    )
    max_password_rate_per_ip: RateText = Field(
        Rate.parse("100/hour"),
        description="Attempts to sign in to the office from one client address, as all users"
        " together. Browsers that have signed in before aren't counted here.",
    )
    max_booking_rate_per_customer: RateText = Field(
        Rate.parse("3/5 minutes"),
        description="Bookings by AppointEase clients for one customer's e-mail address.",
    )

    max_change_rate_per_booking: RateText = Field(
        Rate.parse("20/10 minutes"),
        description="How often one booking is moved or cancelled.",
    )
    max_connections_per_ip: int = Field(
        400,
        ge=0,
        description="Most connections open from one client address. Streams and trusted proxies"
        " are not counted. 0: any number.",
    )
    header_timeout: Duration = Field(
        timedelta(seconds=10), description="Seconds in which all headers of a request must arrive."
    )
    body_timeout: Duration = Field(
        timedelta(seconds=30),
        description="Seconds in which the body of a request must arrive after its headers.",
    )
    max_claims_per_ip: int = Field(
        60,
        ge=0,
        description="Most holds and checkouts of one client address at once; 0: any number.",
    )
    max_claims_per_visitor: int = Field(
        10,
        ge=0,
        description="Most holds and checkouts of one visitor at once; 0: any number. All clients of"
        " one address that send no visitor's secret count as one visitor.",
    )

    hold_lifetime: Duration = Field(
        timedelta(seconds=120), description="Seconds that a new hold lives, unless it is prolonged."
    )
    max_hold_lifetime: Duration = Field(
        timedelta(seconds=600),
        description="Seconds that a hold lives at most, however often it is prolonged.",
    )
    acquired_hold_lifetime: Duration = Field(
        timedelta(seconds=15),
        description="Seconds that a hold lives at least while its booking is being written.",
    )
    polled_hold_lifetime: Duration = Field(
        timedelta(seconds=10),
        description="Seconds that a hold lives after a poll with `selected_time`.",
    )
    deselected_hold_lifetime: Duration = Field(
        timedelta(seconds=120),
        description="Seconds that a hold lives on after an AppointEase client deselects it, even"
        " beyond `DIBS_MAX_HOLD_LIFETIME`.",
    )
    hold_record_lifetime: Duration = Field(
        timedelta(seconds=300),
        description="Seconds that the hold store remembers a visitor after their hold has ended.",
    )
    checkout_lifetime: Duration = Field(
        timedelta(seconds=600),
        description="Seconds that a checkout lives: the time to fill in the details form.",
    )
    max_claim_duration: Duration = Field(
        timedelta(seconds=1200),
        description="Seconds that one visitor can keep one time by holds and checkouts together, in"
        " whatever order.",
    )
    claim_cooldown: Duration = Field(
        timedelta(seconds=60),
        description="Seconds that a visitor who has kept a time for `DIBS_MAX_CLAIM_DURATION` must"
        " wait before they can claim it again.",
    )
    code_lifetime: Annotated[Duration, Field(le=timedelta(seconds=600))] = Field(
        timedelta(seconds=600), description="Seconds that a sign-in code is valid, 600 at most."
    )
    session_lifetime: Duration = Field(
        timedelta(seconds=86_400), description="Seconds that a customer stays signed in at most."
    )
    session_idle_timeout: Duration = Field(
        timedelta(seconds=43_200),
        description="Seconds without a request after which a customer is signed out.",
    )
    office_session_lifetime: Duration = Field(
        timedelta(days=30), description="Seconds that a user stays signed in to the office at most."
    )
    office_session_idle_timeout: Duration = Field(
        timedelta(days=7),
        description="Seconds without a request after which a user is signed out of the office.",
    )
    user_link_lifetime: Duration = Field(
        timedelta(days=2),
        description="Seconds that a link is good with which a user of the office chooses a"
        " password.",
    )
    poll_interval: Duration = Field(
        timedelta(seconds=1),
        description="Seconds between two polls that clients are advised to wait.",
    )
    board_idle_timeout: Duration = Field(
        timedelta(seconds=60),
        description="Seconds after which the hub no longer keeps a board that nobody looks at.",
    )
    stream_heartbeat_interval: Duration = Field(
        timedelta(seconds=15),
        description="Seconds between two heartbeats of a stream. A page takes a stream for broken"
        " when it gets nothing for two intervals.",
    )
    stream_lifetime: Duration = Field(
        timedelta(seconds=600),
        description="Seconds that a stream lives at most, then its reader opens it anew. Each ends"
        " at a random time between half of this and all of it.",
    )
    stream_send_timeout: Duration = Field(
        timedelta(seconds=5),
        description="Seconds after which a stream is cut if its reader reads nothing.",
    )
    max_streams_per_ip: int = Field(
        200, ge=0, description="Most streams open to one client address; 0: any number."
    )
    max_streams_per_view: int = Field(
        5000, ge=0, description="Most streams open on one board or day; 0: any number."
    )

    booking_completion_days: Days = Field(
        2,
        description="Days after its end until a confirmed booking is completed. Then it no longer"
        " has an allocation.",
    )
    checkout_retention_days: Days = Field(
        30,
        description="Days that a checkout is kept after it has expired, or was given up.",
    )
    outbox_retention_days: Days = Field(
        30,
        description="Days that a row of the outbox is kept, unless it is still to be sent.",
    )
    audit_retention_days: Days = Field(
        730,
        description="Days that the audit is kept: who did what to which booking. A move is kept as"
        " long as its booking.",
    )
    board_retention_days: Days = Field(
        30,
        description="Days that the version of a board is kept after the day of the board.",
    )

    @field_validator("*", mode="before")
    @classmethod
    def _check_one_line(cls, value: object) -> object:
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
    def allowed_origin_list(self) -> tuple[str, ...]:
        return split_list(self.allowed_origins)

    @model_validator(mode="after")
    def _check_mode(self) -> Settings:
        if self.is_embedded and self.redis_url:
            raise ValueError("DIBS_REDIS_URL needs DIBS_DATABASE_URL=postgresql://… beside it")
        if not self.is_embedded and not self.redis_url:
            raise ValueError("DIBS_DATABASE_URL=postgresql://… needs DIBS_REDIS_URL beside it")
        return self

    @property
    def address(self) -> str:
        """The address that visitors use, without a slash at its end."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def is_embedded(self) -> bool:
        """Whether Dibs is one process with a SQLite file, and not nodes with PostgreSQL and
        Redis."""
        return not self.database_url.startswith(POSTGRESQL)

    @property
    def database(self) -> Path | str:
        """The SQLite file of the embedded mode, or the URL of PostgreSQL."""
        return self.database_file if self.is_embedded else self.database_url

    @property
    def database_file(self) -> Path:
        """The SQLite file of the embedded mode."""
        if self.database_url:
            return Path(self.database_url.removeprefix("sqlite:///"))
        return self.data / "dibs.db"


def show_setting(value: object) -> str:
    """Return a value as the environment has it. A duration is a number of seconds."""
    return f"{value.total_seconds():.10g}" if isinstance(value, timedelta) else str(value)
