"""Calls through the client, in a process of their own that is patched by gevent."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

LONG = [30.0, 30.0, 30.0, 60.0]
"""Connect, first byte, read, total: a test that is not of one of these waits for none, on however slow a machine."""
LIMIT = 1_000_000
SIZE = 200_000


def speak(calls: list[dict[str, Any]], files: int | None = None) -> list[list[dict[str, Any]]]:
    """files: how many the process may have open, None for as many as this one."""
    usual = {"size": SIZE, "times": 1, "timeouts": LONG, "limit": LIMIT, "stream": False, "options": {}}
    filled = [usual | one for one in calls]
    ran = subprocess.run(
        [sys.executable, "-m", "tests.client.speak"],
        input=json.dumps({"calls": filled, "files": files}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)
