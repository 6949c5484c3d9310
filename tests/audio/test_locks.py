"""A lock of the system's, also where gevent has taken over those of threads."""

from __future__ import annotations

import subprocess
import sys
import threading

from stt_load.audio.locks import system_lock

PATCHED = """
from gevent import monkey
monkey.patch_all()
import threading
from stt_load.audio.locks import system_lock
from stt_load.audio import locks
print(type(system_lock()).__module__, type(threading.Lock()).__module__)
"""


def test_without_gevent_it_is_that_of_threading() -> None:
    lock = system_lock()
    assert type(lock) is type(threading.Lock())
    with lock:
        assert not lock.acquire(blocking=False)


def test_under_gevent_it_is_no_greenlets_lock() -> None:
    ran = subprocess.run([sys.executable, "-c", PATCHED], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.split() == ["_thread", "gevent.thread"]
