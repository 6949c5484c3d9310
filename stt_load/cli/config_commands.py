"""`stt-load check-config`: what a run would use, or why it would not start."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from stt_load.config import ConfigError, Loaded, Override, effective, load
from stt_load.config.options import OPTIONS, from_environment

DESCRIPTION = (
    "Checks the configuration as a run would, options and environment included, and prints what is in effect with "
    "secrets masked. Exit code 2 when something is wrong; every fault is then on standard error. Locust's own "
    "configuration files (locust.conf, pyproject.toml) are not read here."
)
BAD_CONFIGURATION = 2


def given(args: argparse.Namespace) -> Loaded:
    """What the file, the environment and the parsed options come to, with a word on standard error about what is not
    taken as it is written; ConfigError with every fault."""
    known = flags()
    values = [
        Override(key, text, known[key]) for key, text in vars(args).items() if key in known and text is not None
    ]
    loaded = load(args.file, from_environment(os.environ) + values, save_directory=Path())
    for note in loaded.notes:
        print(f"stt-load: {note}", file=sys.stderr)
    return loaded


def flags() -> dict[str, str]:
    """The option for each key that has one."""
    return {"api.base_url": "--host", "concurrent_requests": "--users", "spawn_rate": "--spawn-rate"} | {
        one.key: one.flag for one in OPTIONS
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and the options that `locust` would be given."""
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="default: the file that CONFIG_PATH names, else config.yaml if there is one",
    )
    options = parser.add_argument_group("as given to locust", "Values that would override the file")
    options.add_argument("-u", "--users", dest="concurrent_requests", metavar="VALUE", help="Users")
    options.add_argument("-H", "--host", dest="api.base_url", metavar="VALUE", help="The server")
    options.add_argument("-r", "--spawn-rate", dest="spawn_rate", metavar="VALUE", help="Users started per second")
    for option in OPTIONS:
        options.add_argument(
            option.flag, dest=option.key, metavar="VALUE", help=option.help.replace("%", "%%"), **option.action
        )


def run(args: argparse.Namespace) -> int:
    """Exit code 0 with the effective configuration on stdout, 2 with every fault on stderr."""
    try:
        loaded = given(args)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return BAD_CONFIGURATION
    print(f"# {loaded.path or 'no file'}, as it is in effect")
    print(effective(loaded.config), end="")
    return 0
