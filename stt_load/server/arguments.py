"""Settings as words of a command line: for whoever starts a server, and needs nothing else of it."""

from __future__ import annotations

from stt_load.server.settings import ServerSettings


def flag(name: str) -> str:
    """The option of the setting `name`."""
    return "--" + name.replace("_", "-")


def arguments(settings: ServerSettings) -> list[str]:
    """The command line that makes these settings."""
    values = settings.model_dump(exclude_none=True)
    return [f"{flag(name)}={value}" for name, value in values.items()]
