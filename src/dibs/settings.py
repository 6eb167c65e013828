"""Every setting, each an environment variable `DIBS_…`; `dibs settings` prints this page."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

POSTGRESQL = ("postgresql://", "postgres://")
REDIS = ("redis://", "rediss://", "unix://")
Seconds = Annotated[float, Field(gt=0)]


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
        "", description="Address visitors use, for links. Default: http://HOST:PORT."
    )
    secret_key: str = Field(
        "",
        description="Signs manage tokens; the same on every node. Default, without PostgreSQL:"
        " made once and kept in the data folder.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="How much is logged."
    )

    hold_fresh: Seconds = Field(120, description="Seconds a new hold lives before it is prolonged.")
    hold_total: Seconds = Field(600, description="Seconds a hold lives at most, however prolonged.")
    hold_take: Seconds = Field(
        15, description="Seconds a hold is kept at least while its booking is being written."
    )
    hold_poll: Seconds = Field(
        10, description="Seconds to which a poll with `selected_time` prolongs its hold."
    )
    hold_linger: Seconds = Field(
        120, description="Seconds a hold lives on after an AppointEase client deselects it."
    )
    hold_record: Seconds = Field(
        300, description="Seconds the store remembers a visitor after their hold has ended."
    )
    checkout_time: Seconds = Field(600, description="Seconds to fill in the details form.")
    poll_interval: Seconds = Field(1, description="Pace advised to clients that poll.")
    board_idle: Seconds = Field(
        60, description="Seconds after which a board nobody looks at is no longer watched."
    )

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", *POSTGRESQL)):
            raise ValueError("only postgresql://… and sqlite:///FILE are supported")
        return url

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

    def time(self, name: str) -> timedelta:
        """A setting in seconds as a duration."""
        return timedelta(seconds=getattr(self, name))
