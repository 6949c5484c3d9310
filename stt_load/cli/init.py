"""`stt-load init`: what a folder needs for a load test."""

from __future__ import annotations

import argparse
import shlex
import sys
from importlib.resources import files
from pathlib import Path

from stt_load.config import ConfigError, load, mask_url, words
from stt_load.config.preset import NAMES, named
from stt_load.config.starting_file import text

DESCRIPTION = (
    "Writes a short config.yaml, with the keys that most people change, and a locustfile.py. Files that are there "
    "are left alone, unless --force is given."
)
NOT_WRITTEN = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The folder, and what goes into the configuration."""
    parser.add_argument("folder", nargs="?", type=Path, default=Path(), metavar="DIR", help="default: this one")
    parser.add_argument("--preset", type=named, metavar="NAME", help=f"a known service: {', '.join(NAMES)}")
    parser.add_argument("--url", "-H", "--host", metavar="URL", help="the server: http(s)://host[:port][/path]")
    parser.add_argument("--force", action="store_true", help="overwrite files that are there")


def run(args: argparse.Namespace) -> int:
    """Exit code 0 with both files written and what to do next on stdout; 2 with none written, and why, on stderr."""
    values = {"api.preset": args.preset, "api.base_url": args.url}
    try:
        if args.url is not None:
            words.base_url(args.url)
    except ValueError as error:
        return _refuse(f"--url: {mask_url(args.url)} {error}")
    contents = {
        "config.yaml": text({key: value for key, value in values.items() if value is not None}),
        "locustfile.py": (files("stt_load") / "project" / "locustfile.py").read_text(encoding="utf-8"),
    }
    there = [str(args.folder / name) for name in contents if (args.folder / name).exists()]
    if there and not args.force:
        return _refuse(f"{' and '.join(there)}: there already; choose another folder, or --force to overwrite")
    try:
        args.folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (args.folder / name).write_text(content, encoding="utf-8")
    except OSError as error:
        return _refuse(f"{error.filename}: can't be written: {error.strerror}; choose another folder")
    _tell(args.folder, list(contents))
    return 0


def _tell(folder: Path, written: list[str]) -> None:
    """What was done, what is still missing, and what to do next."""
    print(f"Written: {', '.join(str(folder / name) for name in written)}")
    try:
        load(folder / "config.yaml")
    except ConfigError as error:
        print("Before the first run:", *(f"  {fault}" for fault in error.faults), sep="\n")
    there = "" if folder.resolve() == Path().resolve() else f"cd {shlex.quote(str(folder))} && "
    print(f"Next: {there}locust --headless")


def _refuse(reason: str) -> int:
    print(f"stt-load: {reason}", file=sys.stderr)
    return NOT_WRITTEN
