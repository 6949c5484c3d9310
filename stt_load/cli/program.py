"""`stt-load`: everything that needs no Locust run, and the way to one from anywhere."""

from __future__ import annotations

import importlib
import sys

from stt_load import __version__
from stt_load.report.streams import forgive, silence

TYPE_CHECKING = False  # as typing has it; what takes long is imported where it is needed: `run` is to begin soon
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

READER_GONE = 141
"""128 + SIGPIPE, what a shell reports for a program that ended so."""
INTERRUPTED = 130
"""128 + SIGINT, likewise after Ctrl-C."""

COMMANDS = {
    "init": ("write a short config.yaml and a locustfile.py to begin with", "stt_load.cli.init"),
    "run": ("run locust with the locustfile of stt-load, without any file of yours", "stt_load.cli.run"),
    "check-config": ("check the configuration and print what is in effect", "stt_load.cli.config_commands"),
    "keys": ("explain every key of the configuration", "stt_load.config.reference"),
    "options": ("list the options that stt-load adds to locust", "stt_load.config.options"),
    "presets": ("list the known services and what each preset sets", "stt_load.config.preset"),
    "pack": ("make a pack of speech from recordings, or from texts and a synthesiser", "stt_load.packing.command"),
    "probe": ("send one request and show what came of it", "stt_load.cli.probe"),
    "report": ("make the report of a saved or crashed run again", "stt_load.cli.report"),
    "baseline": ("learn the limits of a gate from good runs", "stt_load.cli.baseline"),
    "gate": ("hold a saved run against a gate", "stt_load.cli.gate"),
    "compare": ("hold runs of a candidate against runs of a baseline", "stt_load.cli.compare"),
    "selftest": ("hold stt-load against a known truth, on this machine", "stt_load.selftest.command"),
    "serve": ("run the embedded STT server", "stt_load.server.command"),
}
"""Of each command its summary and its module, which has add_arguments(parser) and run(args) -> exit code, and may
have a DESCRIPTION; arranged(words) -> words, when argparse is to read others than were written; and forward(words) ->
exit code, when what follows the command is another program's."""
OPTIONS = ("--help", "--version", "-h")


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
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        silence(sys.stdout)
        return READER_GONE


def _run(argv: list[str]) -> int:
    # No option before the command takes a value, so the first other word is the command. Only that one is imported.
    chosen = next((word for word in argv if not word.startswith("-")), None)
    module = importlib.import_module(COMMANDS[chosen][1]) if chosen in COMMANDS else None
    if module is not None and argv[0] == chosen and hasattr(module, "forward"):
        return int(module.forward(argv[1:]))
    if module is not None and argv[0] == chosen and hasattr(module, "arranged"):
        argv = [chosen, *module.arranged(argv[1:])]
    import argparse

    parser = argparse.ArgumentParser(prog="stt-load", description="Load tests for speech-to-text services.")
    parser.add_argument("--version", action="version", version=f"stt-load {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    if problem := _problem(argv, chosen):
        parser.error(problem)
    for name, (summary, _) in COMMANDS.items():
        if module is not None and name == chosen:
            description = getattr(module, "DESCRIPTION", summary)
            subparser = commands.add_parser(name, help=summary, description=description)
            module.add_arguments(subparser)
            subparser.set_defaults(run=module.run)
        else:
            commands.add_parser(name, help=summary)
    args, unknown = parser.parse_known_args(argv)
    if unknown:
        parser.error(_unknown(unknown, subparser))
    code: int = args.run(args)
    return code


def _unknown(words: Sequence[str], parser: argparse.ArgumentParser) -> str:
    """What to say of words that `parser` knows nothing of."""
    import shlex

    from stt_load.config.options import no_option  # the keys of the configuration, which take time

    options = [word.partition("=")[0] for word in words if word.startswith("--")]
    if not options:
        return f"unrecognized arguments: {shlex.join(words)}"
    return no_option(options[0], parser._option_string_actions)


def _problem(argv: Sequence[str], chosen: str | None) -> str | None:
    """What is wrong with a command line that begins with no command, and what was probably meant."""
    if not argv or chosen in COMMANDS or argv[0] in OPTIONS:
        return None
    import difflib
    import shlex

    if argv[0].startswith("-"):
        return f"no command before {argv[0]}; did you mean `stt-load run {shlex.join(argv)}`?"
    known = [*COMMANDS, *OPTIONS]
    close = difflib.get_close_matches(argv[0], known, n=1) or [name for name in known if argv[0] in name]
    advice = f"did you mean `stt-load {close[0]}`?" if close else f"choose one of {', '.join(COMMANDS)}"
    return f"there is no command `{argv[0]}`; {advice}"
