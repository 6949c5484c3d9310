"""Runs a file of `tests.patched` in a process of its own, which is patched before it imports anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATCHED = "import gevent.monkey; gevent.monkey.patch_all(); import sys, pytest; sys.exit(pytest.main(sys.argv[1:]))"


def check(name: str) -> None:
    """All tests of `tests/patched/NAME.py` hold."""
    words = ["-q", "-n", "0", "-p", "no:cacheprovider", f"-opython_files={name}.py", f"tests/patched/{name}.py"]
    ran = subprocess.run(
        [sys.executable, "-c", PATCHED, *words], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
