"""The files in which workers keep their rows until the master has written the result."""

from __future__ import annotations

import logging
from pathlib import Path

from stt_load.storage import transcripts
from stt_load.storage.spool import SUFFIX, count_rows

logger = logging.getLogger(__name__)


def result_of(stem: str, number: int) -> Path:
    """What the result of worker `number` would be called, whose spool it is. stem: that of the run's result."""
    return Path(f"{stem}.worker-{number + 1}.json")


def remove(stem: str, number: int, rows: int) -> None:
    """Removes the spool of a worker that is gone, if it lies here and the master has all of it: its first `rows`."""
    path = result_of(stem, number).with_suffix(SUFFIX)
    try:
        kept = count_rows(path)
        if kept > rows:
            logger.warning("stt-load: %s stays: it has %d rows that are not in the result", path, kept - rows)
        else:
            path.unlink()
            transcripts.beside(path).unlink(missing_ok=True)
    except FileNotFoundError:
        pass
    except OSError as error:  # the result is whole: a file too many is no fault of it
        logger.warning("stt-load: %s stays: %s", error.filename or path, error.strerror or error)
