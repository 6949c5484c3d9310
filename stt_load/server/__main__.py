"""`python -m stt_load.server`: the same as `stt-load serve`."""

from __future__ import annotations

import argparse
import sys

from stt_load.server.command import DESCRIPTION, add_arguments, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="stt-load serve", description=DESCRIPTION)
    add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
