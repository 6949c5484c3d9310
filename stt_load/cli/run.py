"""`stt-load run`: Locust with the locustfile that is part of this package."""

from __future__ import annotations

import os
import sys

import stt_load

TYPE_CHECKING = False  # as typing has it, which takes longer to import than all of this
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import NoReturn

HINT = """\
stt-load run [LOCUST OPTIONS]: `locust` with the locustfile of stt-load, also where the working directory has one of
its own (which `locust` alone takes). It reads config.yaml, if there is one. `stt-load options` lists the options that
stt-load adds to these of Locust:
"""


def locustfile() -> str:
    """The path of the locustfile in this package."""
    return os.path.join(stt_load.__path__[0], "project", "locustfile.py")  # noqa: PTH118 - pathlib takes time to import


def forward(words: Sequence[str]) -> NoReturn:
    """Becomes `locust`, with `words` as its options: from then on this process is Locust's, signals and exit code
    included. Does not return."""
    if {"-h", "--help"} & set(words):
        print(HINT, flush=True)
    # -P: what lies in the working directory is not taken for Locust, or for a module of its.
    os.execv(sys.executable, [sys.executable, "-P", "-m", "locust", "-f", locustfile(), *words])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: words of Locust's come to `forward`, unless something stands before the command, such as --version."""


def run(_: argparse.Namespace) -> int:
    """Without any option of Locust's."""
    forward(())
