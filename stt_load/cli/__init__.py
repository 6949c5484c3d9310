"""The program `stt-load`: what needs no Locust run."""

from stt_load.cli.program import main as main
