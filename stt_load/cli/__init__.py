"""The program `stt-load`."""

from stt_load.cli.program import main as main
