"""What each request has, one value a row: what figures of the ok ones, limits and conditions of a good one go by."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from stt_load.samples.table import FloatArray, Samples


def ttft(rows: Samples) -> FloatArray:
    """From the send to the first text; NaN where there was none."""
    return np.asarray(rows["first_text_s"] - rows["sent_s"])


def outside(rows: Samples) -> FloatArray:
    """What the service's own processing leaves of the service time."""
    return np.asarray(rows.service_s - rows.seconds("processing_s"))


def rtf(rows: Samples) -> FloatArray:
    """Service time / audio length; NaN for clips of no length."""
    audio_s = rows.seconds("audio_s")
    return _share(rows.service_s, audio_s)


def wer(rows: Samples) -> FloatArray:
    """Word error rate of each answer; NaN where it was not scored."""
    edits = sum(_count(rows, name) for name in ("substitutions", "deletions", "insertions"))
    return _share(np.asarray(edits), _count(rows, "words"))


def cer(rows: Samples) -> FloatArray:
    """Character error rate, likewise."""
    return _share(_count(rows, "character_edits"), _count(rows, "characters"))


BLOCKS: Mapping[str, Callable[[Samples], FloatArray]] = {
    "response_time_s": lambda rows: rows.response_s,
    "service_time_s": lambda rows: rows.service_s,
    "rtf": rtf,
    "ttft_s": ttft,
    "connect_s": lambda rows: rows.seconds("connect_s"),
    "processing_time_s": lambda rows: rows.seconds("processing_s"),
    "outside_time_s": outside,
}
"""By the name of the block of figures that they make, over the ok ones."""
FIELDS: Mapping[str, Callable[[Samples], FloatArray]] = {
    **{name: values for name, values in BLOCKS.items() if name != "outside_time_s"},
    "audio_s": lambda rows: rows.seconds("audio_s"),
    "wer": wer,
    "cer": cer,
}
"""By the name that a condition has for them."""


def _count(rows: Samples, name: str) -> FloatArray:
    """Of a row that was not scored it is of no account: its words are 0."""
    return np.asarray(rows[name].astype(float))


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    found = np.full(len(part), np.nan)
    np.divide(part, whole, out=found, where=whole > 0)
    return found
