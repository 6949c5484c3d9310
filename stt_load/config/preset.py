"""Known services in a word: values that a configuration begins with, as data. Also `stt-load presets`."""

from __future__ import annotations

import argparse
import functools
from importlib.resources import files
from typing import Literal, get_args

from stt_load.config.yaml_source import Document, parse

Preset = Literal["openai", "vllm", "whisper-cpp", "speaches", "deepgram", "assemblyai", "mistral"]
"""The known services."""
NAMES: tuple[Preset, ...] = get_args(Preset)
DESCRIPTION = (
    "Lists the presets (`api.preset` in config.yaml, `locust --preset`) with the keys that each one sets, and where "
    "that was looked up. The file's other keys win over a preset in the file; one on the command line wins over the "
    "file."
)


def text(name: str) -> str:
    """The YAML of the preset `name`, one of NAMES."""
    return (files("stt_load.config") / "presets" / f"{name}.yaml").read_text(encoding="utf-8")


@functools.cache
def document(name: str) -> Document:
    """Its values, each with its place."""
    return parse(text(name), source(name))


def source(name: str) -> str:
    """What faults call it."""
    return f"preset {name}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which one."""
    parser.add_argument("name", nargs="?", choices=NAMES, help="only this one")


def run(args: argparse.Namespace) -> int:
    """Prints them."""
    chosen = [args.name] if args.name else NAMES
    print("\n".join(f"--- {name}\n{text(name)}" for name in chosen), end="")
    return 0
