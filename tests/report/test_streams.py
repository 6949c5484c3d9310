"""A stream that doesn't know every character, or that nobody reads any more. What else is to be said of both is in
test_output.py, where they are used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from stt_load.report.streams import forgive


def test_a_question_mark_is_no_error(tmp_path: Path) -> None:
    file = tmp_path / "out"
    with file.open("w", encoding="ascii") as stream:
        forgive(stream)
        stream.write("측정 done\n")
    assert file.read_bytes() == b"?? done\n"


def test_what_has_no_encoding_is_left_as_it_is() -> None:
    forgive(object())  # type: ignore[arg-type] - such as what a test puts there


def test_what_is_still_to_be_written_goes_nowhere_without_a_word() -> None:
    program = (
        "import os, sys; from stt_load.report.streams import silence\n"
        "os.close(0); read, write = os.pipe(); os.dup2(write, 1); os.close(write); os.close(read)\n"
        "try: print('nobody reads this', flush=True)\n"
        "except BrokenPipeError: silence(sys.stdout)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
