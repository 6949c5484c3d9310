"""The one clock that runs are timed on."""

from __future__ import annotations

import time
from collections.abc import Callable

clock: Callable[[], float] = time.monotonic
"""Seconds on the host's monotonic clock, which all processes of a host share; the server's log uses it, too."""
