"""Locks of threads, where gevent has taken over those of `threading`."""

from __future__ import annotations

import sys
import threading
from typing import Any


def system_lock() -> Any:
    """One of the system's, not of greenlets. To be held for a moment, in which no greenlet is left: who waits for it
    lets nobody else go on."""
    monkey = sys.modules.get("gevent.monkey")
    return threading.Lock() if monkey is None else monkey.get_original("_thread", "allocate_lock")()
