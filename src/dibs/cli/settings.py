"""`dibs settings`: prints all settings."""

from __future__ import annotations

from dibs.cli.environment import read_settings
from dibs.cli.options import DataFolder
from dibs.cli.output import say
from dibs.settings import Settings, show_setting

#: Settings whose values are never shown.
SECRET_SETTINGS = (
    "secret_key",
    "previous_secret_key",
    "smtp_url",
    "database_url",
    "redis_url",
    "metrics_token",
)


def show_settings(data: DataFolder = None) -> None:
    """Print every setting with its present value and its meaning."""
    for name, value in read_settings(data=data):
        if name in SECRET_SETTINGS and value:
            value = "(set)"
        meaning = Settings.model_fields[name].description
        say(f"DIBS_{name.upper()}={show_setting(value)}\n    {meaning}")
