"""What comes after a request that went well: the command of a load test with the same settings, and a file with
them."""

from __future__ import annotations

import argparse
import copy
import os
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stt_load.cli.config_commands import flags
from stt_load.config import Config, masked
from stt_load.config import preset as presets
from stt_load.config.keys import keys
from stt_load.config.load import DEFAULT_FILE, FILE_VARIABLE
from stt_load.config.starting_file import text
from stt_load.config.suspicion import MASK

LOCUSTFILE = "locustfile.py"


def program(folder: Path) -> str:
    """What starts a load test in `folder`. A locustfile there with other users in it is none of ours, until it says
    so."""
    try:
        is_ours = b"stt_load" in (folder / LOCUSTFILE).read_bytes()
    except OSError:
        is_ours = False
    return "locust" if is_ours else "stt-load run"


def command(args: argparse.Namespace, saved: Path | None) -> str:
    """The command line of a load test with what `args` say. saved: the file that all of it stands in, if it does."""
    words = [f"{program(Path())} --headless"]
    if saved is None:
        given = vars(args)
        words += [f"{flag} {shlex.quote(given[key])}" for key, flag in flags().items() if given.get(key) is not None]
    file = saved or args.file
    if file is not None and file != Path(DEFAULT_FILE):
        words.insert(0, f"{FILE_VARIABLE}={shlex.quote(str(file))}")
    elif file is not None and os.environ.get(FILE_VARIABLE, DEFAULT_FILE) != DEFAULT_FILE:
        words.insert(0, f"{FILE_VARIABLE}={DEFAULT_FILE}")
    return " ".join(words)


def save(config: Config, path: Path) -> list[str]:
    """Writes the settings of `config` into the new file `path`, and returns the keys left out as they hold a secret.

    Raises FileExistsError where the name is taken, OSError where it can't be written.
    """
    values, left_out = settings(config)
    with path.open("x", encoding="utf-8") as file:
        file.write(text(values))
    return left_out


def settings(config: Config) -> tuple[dict[str, Any], list[str]]:
    """By dotted key, what differs in `config` from its preset, else from the defaults; and the keys left out of that,
    as they hold a secret itself (the name of a variable is none)."""
    begins = _values(Config.model_validate(_of_preset(config.api.preset)))
    values: dict[str, Any] = {}
    left_out = []
    for name, value in _values(config).items():
        if value == begins[name] and name != "api.preset":
            continue
        kept, secret = _without_secrets(name, value)
        left_out += secret
        if kept is not None or not secret:
            values[name] = kept
    if values.get("api.preset") is None:
        values.pop("api.preset", None)
    return values, left_out


def _of_preset(name: str | None) -> dict[str, Any]:
    """A configuration that says nothing but its preset."""
    return {} if name is None else copy.deepcopy(presets.document(name).values)


def _values(config: Config) -> dict[str, Any]:
    """Every key that is no section, by its dotted name; secrets masked."""
    shown = masked(config)
    return {".".join(path): _at(shown, path) for path, key in keys().items() if key.kind != "section"}


def _at(values: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = values
    for name in path:
        found = found[name]
    return found


def _without_secrets(name: str, value: Any) -> tuple[Any, list[str]]:
    """What of `value` is no secret, None for nothing; and what is, by name."""
    if isinstance(value, dict):
        secret = list(_secret_names(value))
        kept = {key: one for key, one in value.items() if key not in secret}
        return kept or None, [f"{name}.{key}" for key in secret]
    if not isinstance(value, str) or MASK not in value:
        return value, []
    if name == "api.base_url":  # without its server, a file would send the load to another one, such as the preset's
        return value.replace(f"{MASK}@", "", 1), ["the password of api.base_url (LOCUST_HOST may hold all of it)"]
    return None, [name]


def _secret_names(fields: Mapping[str, Any]) -> Iterator[str]:
    return (name for name, value in fields.items() if value == MASK)
