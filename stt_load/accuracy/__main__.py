"""The scoring process: one order on standard input, how far it is and what came out on standard output.

The order is a line of JSON: {"transcripts", "spec", "seed", "normalise", "repeated"}. Answers are lines of JSON:
{"done", "of"}, and in the end {"accuracy", "bytes"} with so many bytes of rows after it, or {"error"}, a sentence.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from stt_load.accuracy.answers import Answers, Part
from stt_load.accuracy.normalise import chosen, normaliser
from stt_load.accuracy.repeated import compared
from stt_load.accuracy.scores import ROW, Scores, ScoringError, wordless
from stt_load.accuracy.scoring import Scoring
from stt_load.audio.entries import RecordingsError
from stt_load.audio.names import REPEAT
from stt_load.audio.sources import AudioSpec, collection_of, has_words, texts_of
from stt_load.samples.accuracy import Accuracy

TOLD_EVERY_S = 0.2


def main() -> int:
    """Exit code 0, with an error that is told, too."""
    order = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        scores = scored(order, _Telling(_say))
    except (ScoringError, RecordingsError) as error:
        _say({"error": str(error)})
        return 0
    _say({"accuracy": asdict(scores.accuracy), "bytes": scores.rows.nbytes})
    sys.stdout.buffer.write(scores.rows.tobytes())
    sys.stdout.buffer.flush()
    return 0


def scored(order: Mapping[str, Any], progress: Callable[[int, int], None]) -> Scores:
    """What the order asks for. Raises `ScoringError`, and `RecordingsError` where they can't be read any more."""
    spec = AudioSpec(**order["spec"])
    collection, again = collection_of(spec), order["repeated"]
    normal = normaliser(chosen(order["normalise"], None if collection is None else collection.language))
    with Answers(Path(order["transcripts"])) as answers:
        if collection is None or not has_words(spec):
            scores = Scores(np.zeros(0, ROW), Accuracy.unjudged(wordless(spec.source)))
        else:
            own = Part(answers, lambda one: one.attempt < REPEAT) if again else answers
            scoring = Scoring(own, texts_of(spec, order["seed"]), normal, progress)
            scores = scoring.scores(collection.language, collection.name)
        if not again:
            return scores
        return replace(scores, accuracy=replace(scores.accuracy, repeats=compared(answers, again, normal)))


class _Telling:
    """Progress, as often as somebody can read it."""

    def __init__(self, say: Callable[[Mapping[str, Any]], None]) -> None:
        self._say = say
        self._next_s = 0.0

    def __call__(self, done: int, of: int) -> None:
        now_s = time.monotonic()
        if done == of or now_s >= self._next_s:
            self._next_s = now_s + TOLD_EVERY_S
            self._say({"done": done, "of": of})


def _say(what: Mapping[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(what).encode() + b"\n")
    sys.stdout.buffer.flush()


def _end_with_parent() -> None:
    """Standard input has no more lines, and ends when the parent does: then nobody waits for an answer."""
    while os.read(sys.stdin.fileno(), 1):  # not through the buffer, whose lock would be held when this program ends
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
