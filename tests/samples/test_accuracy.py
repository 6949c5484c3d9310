"""The record of how answers were scored is plain data: what is saved is read back."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from stt_load.samples.accuracy import FLAWS, Accuracy, Example
from stt_load.storage.run_record import read_as


def test_it_comes_back_from_json_as_it_was() -> None:
    worst = Example(3, 0, "The boat is old.", "the goat is old", 0.25)
    one = Example(7, 1, "A", "B", 1.0, FLAWS[0], 8)
    accuracy = Accuracy(
        "english", "whisper-normalizer 0.1.15", "en", "english-1", 9, 1, worst=(worst,), examples=(one,)
    )
    assert read_as(Accuracy, json.loads(json.dumps(asdict(accuracy))), Path("x.json")) == accuracy


def test_what_was_not_scored_has_a_reason() -> None:
    assert Accuracy.unjudged("Noise has no words.") == Accuracy(reason="Noise has no words.")
