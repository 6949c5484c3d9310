"""`stt-load`: everything that needs no Locust run."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from stt_load import __version__
from stt_load.report.output import forgive, silence

READER_GONE = 141
"""128 + SIGPIPE, what a shell reports for a program that ended so."""


COMMANDS = {
    "check-config": ("check the configuration and print what is in effect", "stt_load.cli.config_commands"),
    "options": ("list the options that stt-load adds to locust", "stt_load.config.options"),
    "presets": ("list the known services and what each preset sets", "stt_load.config.preset"),
    "probe": ("send one request and show what came of it", "stt_load.cli.probe"),
    "report": ("make the report of a saved or crashed run again", "stt_load.cli.report"),
    "selftest": ("hold stt-load against a known truth, on this machine", "stt_load.selftest.command"),
    "serve": ("run the embedded STT server", "stt_load.server.command"),
}
"""Of each command its summary and its module, which has add_arguments(parser) and run(args) -> exit code, and may
have a DESCRIPTION."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line `argv` (None: the process's own) and returns the exit code.

    Raises SystemExit as argparse does: 2 for wrong usage, 0 after --help and --version.
    """
    forgive(sys.stdout)
    forgive(sys.stderr)
    try:
        try:
            return _run(sys.argv[1:] if argv is None else list(argv))
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
        return READER_GONE


def _run(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="stt-load", description="Load tests for speech-to-text services.")
    parser.add_argument("--version", action="version", version=f"stt-load {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    # No option before the command takes a value, so the first other word is the command. Only that one is imported.
    chosen = next((word for word in argv if not word.startswith("-")), None)
    for name, (summary, place) in COMMANDS.items():
        if name == chosen:
            module = importlib.import_module(place)
            description = getattr(module, "DESCRIPTION", summary)
            subparser = commands.add_parser(name, help=summary, description=description)
            module.add_arguments(subparser)
            subparser.set_defaults(run=module.run)
        else:
            commands.add_parser(name, help=summary)
    args = parser.parse_args(argv)
    code: int = args.run(args)
    return code
