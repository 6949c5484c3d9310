"""Files that libsndfile reads and writes, opened by one thread at a time.

soundfile opens under a lock that all its files share, and that comes from `threading`: where gevent has taken that
over, as Locust has it, it is one for greenlets, and a thread that waits for it may never be woken. So who opens waits
here, for a lock of the system's, and nobody there.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import IO, Any

import soundfile
from soundfile import SoundFileError as SoundFileError


def opened(file: Path | IO[bytes], *form: Any, **named: Any) -> Any:
    """A `soundfile.SoundFile` of these arguments. From any thread. Raises OSError, `SoundFileError`."""
    with _opening:
        return soundfile.SoundFile(file, *form, **named)


def _system_lock() -> Any:
    monkey = sys.modules.get("gevent.monkey")
    return threading.Lock() if monkey is None else monkey.get_original("_thread", "allocate_lock")()


_opening = _system_lock()
