"""What is to be spoken: a text file with one sentence a line."""

from __future__ import annotations

from pathlib import Path

from stt_load.packing.recording import PackingError

COMMENT = "#"


def texts_of(path: Path) -> tuple[str, ...]:
    """The sentences in `path`, in their order; empty lines and those that begin with "#" are left out.

    Raises PackingError where there is no such file, no sentence in it, one twice, or one without a letter.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise PackingError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise PackingError(f"{path}: not UTF-8 at byte {error.start}") from None
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        text = " ".join(line.split())
        if not text or text.startswith(COMMENT):
            continue
        if not any(map(str.isalnum, text)):
            raise PackingError(f"{path}, line {number}: nothing that can be said: {text}")
        if (before := seen.setdefault(text, number)) != number:
            raise PackingError(f"{path}, line {number}: the same as line {before}: {text}")
    if not seen:
        raise PackingError(f"{path}: no sentences")
    return tuple(seen)
