"""Three quarters of a minute of a person who reads the beginning of A Tale of Two Cities, and what is said in it.

The recording is part of the package moonshine-voice (MIT). two_cities.jsonl has its clauses: where each is, what is
said, and from when to when each word is spoken, in seconds of the recording; the instants are Whisper's, by clause.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

CLAUSES: list[dict[str, Any]] = [
    json.loads(line) for line in Path(__file__).with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
]
_found = find_spec("moonshine_voice")
IS_MISSING = _found is None or not _found.submodule_search_locations
needs_recording = pytest.mark.skipif(IS_MISSING, reason="needs a recording: pip install 'stt-load[real]'")


def recording() -> Path:
    """Nothing of the package is imported: it wants the system's loudspeakers."""
    assert _found
    assert _found.submodule_search_locations
    return Path(_found.submodule_search_locations[0]) / "assets" / "two_cities.wav"


def clauses(folder: Path) -> Path:
    """A manifest of the clauses, each a part of the recording."""
    return _written(
        folder / "clauses.jsonl", [{key: one[key] for key in ("offset", "duration", "text")} for one in CLAUSES]
    )


def whole(folder: Path) -> Path:
    """A manifest of the recording as it is, with each word's instants."""
    words = [span for one in CLAUSES for span in one["words"]]
    text = " ".join(one["text"] for one in CLAUSES)
    return _written(folder / "whole.jsonl", [{"text": text, "words": words}])


def _written(path: Path, lines: list[dict[str, Any]]) -> Path:
    told = {"audio": str(recording()), "speaker": "reader", "language": "en"}
    path.write_text("".join(json.dumps(told | line) + "\n" for line in lines), encoding="utf-8")
    return path
