"""`stt-load init`: what a folder needs for a load test."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from importlib.resources import files
from pathlib import Path

from stt_load.cli.next_run import LOCUSTFILE, program
from stt_load.config import ConfigError, load, mask_url, words
from stt_load.config.preset import NAMES, named
from stt_load.config.starting_file import text
from stt_load.storage.files import numbered

DESCRIPTION = (
    "Writes a short config.yaml, with the keys that most people change, and a locustfile.py. One that is there is "
    "left alone, and the other written. With --force both are written anew, and what was there is kept as NAME.bak. "
    "Exit code 2: nothing was written."
)
NOT_WRITTEN = 2
CONFIG = "config.yaml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The folder, and what goes into the configuration."""
    parser.add_argument("folder", nargs="?", type=Path, default=Path(), metavar="DIR", help="default: this one")
    parser.add_argument("--preset", type=named, metavar="NAME", help=f"a known service: {', '.join(NAMES)}")
    parser.add_argument("--url", "-H", "--host", metavar="URL", help="the server: http(s)://host[:port][/path]")
    parser.add_argument("--force", action="store_true", help="write them anew; what is there is kept as NAME.bak")


def run(args: argparse.Namespace) -> int:
    """Exit code 0 with what was missing written, and what to do next on stdout; 2 with nothing written, and why, on
    stderr."""
    given = {"api.preset": args.preset, "api.base_url": args.url}
    values = {key: value for key, value in given.items() if value is not None}
    try:
        if args.url is not None:
            words.base_url(args.url)
    except ValueError as error:
        return _refuse(f"--url: {mask_url(args.url)} {error}")
    if args.url is not None and (shown := mask_url(args.url)) != args.url:
        why = (
            "has a password, which no file should have; choose the URL without it, and give all of it by LOCUST_HOST"
        )
        return _refuse(f"--url: {shown} {why}")
    contents = {
        CONFIG: text(values),
        LOCUSTFILE: (files("stt_load") / "project" / LOCUSTFILE).read_text(encoding="utf-8"),
    }
    there = [name for name in contents if os.path.lexists(args.folder / name)]
    if not args.force:
        taken = " and ".join(str(args.folder / name) for name in there)
        if len(there) == len(contents) or (values and CONFIG in there):
            return _refuse(f"{taken}: there already; choose another folder, or --force to write anew")
        contents = {name: content for name, content in contents.items() if name not in there}
    try:
        args.folder.mkdir(parents=True, exist_ok=True)
        kept = [_written(args.folder / name, content) for name, content in contents.items()]
    except OSError as error:
        return _refuse(f"{error.filename}: can't be written: {error.strerror}; choose another folder")
    _say("Written", [args.folder / name for name in contents])
    _say("Kept", [path for path in kept if path is not None])
    _say("There already, and left alone", [args.folder / name for name in there if name not in contents])
    _tell_what_is_next(args.folder)
    return 0


def _written(path: Path, content: str) -> Path | None:
    """Writes the file; returns where another one is kept that was there, None where there was none."""
    if path.is_file() and path.read_bytes() == content.encode():
        return None
    kept = None
    if os.path.lexists(path):
        backups = numbered(path.with_name(f"{path.name}.bak"))
        kept = path.rename(next(one for one in backups if not os.path.lexists(one)))
    path.write_text(content, encoding="utf-8")
    return kept


def _say(what: str, paths: list[Path]) -> None:
    if paths:
        print(f"{what}: {', '.join(map(str, paths))}")


def _tell_what_is_next(folder: Path) -> None:
    """What is still missing, and what to do then."""
    try:
        load(folder / CONFIG)
    except ConfigError as error:
        print("Before the first run:", *(f"  {fault}" for fault in error.faults), sep="\n")
    there = "" if folder.resolve() == Path().resolve() else f"cd {shlex.quote(str(folder))} && "
    print(f"Next: {there}{program(folder)} --headless")


def _refuse(reason: str) -> int:
    print(f"stt-load: {reason}", file=sys.stderr)
    return NOT_WRITTEN
