"""`stt-load` in the process of the tests: what costs a process of its own is a second of imports, each time."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

import gevent

from stt_load.cli import main

LIMIT_S = 60


def within(*words: str, folder: Path | None = None, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What a process would say and end with that is started in `folder` with exactly `environ`.

    Not what only a process has: an encoding of its output, a signal, modules that are imported anew.
    """
    written = io.BytesIO(), io.BytesIO()
    out, err = (io.TextIOWrapper(one, encoding="utf-8", write_through=True) for one in written)
    before, hub = Path.cwd(), gevent.get_hub()
    try:
        os.chdir(folder or before)
        with (
            gevent.Timeout(LIMIT_S),
            mock.patch.dict(os.environ, environ, clear=True),
            mock.patch.object(hub, "NOT_ERROR", hub.NOT_ERROR),  # `probe` adds to it
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = main(words)
    finally:
        os.chdir(before)
    return subprocess.CompletedProcess(words, code, *(one.getvalue().decode() for one in written))
