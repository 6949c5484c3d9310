"""Locust in the tests' own process: its options as parsed, its environment, a runner whose users nobody spawns."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from locust.argument_parser import get_parser
from locust.env import Environment
from locust.event import Events

from stt_load.locust_plugin.command_line import CommandLine
from stt_load.locust_plugin.users import SttUser


class Nobody(SttUser):
    """A user class of ours that is never spawned."""


def command_line(
    monkeypatch: pytest.MonkeyPatch, folder: Path, config: str | None, *words: str, default_user: str | None = None
) -> tuple[CommandLine, Any]:
    """Our side of Locust's command line `words`, with `config` as config.yaml (None: there is none), and the options
    that Locust parsed."""
    if config is not None:
        (folder / "config.yaml").write_text(config, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("CONFIG_PATH", raising=False)
    monkeypatch.setattr(sys, "argv", ["locust", *words])
    ours = CommandLine(default_user)
    parser = get_parser(default_config_files=[str(folder / "locust.conf")])
    ours.extend(parser)
    return ours, parser.parse_args(list(words))


def local_environment(options: Any) -> Environment:
    """One process that runs users of class `Nobody`, with events of its own."""
    environment = Environment(user_classes=[Nobody], events=Events(), parsed_options=options, host=options.host)
    environment.create_local_runner()
    return environment
