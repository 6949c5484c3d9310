"""Known services in a word: values that a configuration begins with, as data. Also `stt-load presets`."""

from __future__ import annotations

import argparse
import functools
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any, Literal, get_args

import yaml

from stt_load.config.faults import nearest
from stt_load.config.yaml_source import Document, parse

Preset = Literal[
    "openai",
    "azure-openai",
    "groq",
    "mistral",
    "deepgram",
    "assemblyai",
    "elevenlabs",
    "vllm",
    "speaches",
    "whisper-cpp",
    "whisper-asr-webservice",
    "litellm",
]
"""The known services."""
NAMES: tuple[Preset, ...] = get_args(Preset)
DESCRIPTION = (
    "Lists the presets (`api.preset` in config.yaml, `locust --preset`), and how each was checked. live: with the "
    "service itself. sdk: the service's own client was run against the embedded server, which answers as the service "
    "does. docs: on paper only. With a name: the keys that this one sets, and where that was looked up. The file's "
    "other keys win over a preset in the file; one on the command line wins over the file."
)
How = Literal["live", "sdk", "docs"]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a preset beside its values. about: the service. how, on: it was checked."""

    about: str
    how: How
    on: date


def text(name: str) -> str:
    """The YAML of the preset `name`, one of NAMES."""
    return (files("stt_load.config") / "presets" / f"{name}.yaml").read_text(encoding="utf-8")


@functools.cache
def document(name: str) -> Document:
    """Its values, each with its place."""
    return parse(text(name), source(name))


def known(name: str) -> Known:
    """What is known of it; in the file it stands where no value of a configuration does."""
    values: dict[str, Any] = yaml.load(text(name), yaml.BaseLoader)  # to others `on` is true
    checked = values["x-checked"]
    return Known(values["x-about"], checked["how"], date.fromisoformat(checked["on"]))


def source(name: str) -> str:
    """What faults call it."""
    return f"preset {name}"


def named(text: str) -> str:
    """The name `text` of a preset, as an argument; ArgumentTypeError says which was probably meant."""
    if text in NAMES:
        return text
    meant = nearest(text.lower(), NAMES)
    advice = f"did you mean {meant}?" if meant else f"choose one of {', '.join(NAMES)}"
    raise argparse.ArgumentTypeError(f"there is no preset {text}; {advice}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which one."""
    parser.add_argument("name", nargs="?", type=named, metavar="NAME", help="only this one, as YAML")


def run(args: argparse.Namespace) -> int:
    """Prints them in a table, or the one that was asked for."""
    print("\n".join(_table()) if args.name is None else text(args.name).rstrip("\n"))
    return 0


def _table() -> list[str]:
    """A line for each, and what to do next."""
    all_known = {name: known(name) for name in NAMES}
    rows = [("NAME", "CHECKED", "SERVICE")]
    rows += [(name, f"{one.how}, {one.on}", one.about) for name, one in all_known.items()]
    wide, narrow = (max(len(row[column]) for row in rows) for column in (0, 1))
    lines = [f"{name:<{wide}}  {checked:<{narrow}}  {about}" for name, checked, about in rows]
    return [*lines, "", "stt-load presets NAME shows what one sets; stt-load presets --help, what CHECKED means."]
