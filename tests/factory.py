"""What many tests need: tables of samples from columns, what Locust says of its users."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stt_load.samples.run_info import ClosedLoop, OpenLoop, Stage
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import KINDS, Samples, blank

NO_PAUSE = ClosedLoop(users=1, request_delay_s=0.0)

AT_A_RATE = OpenLoop(
    stages=(Stage(first=10.0, last=10.0, for_s=None),),
    staged=False,
    audio_rate=None,
    arrivals="poisson",
    burstiness=1.0,
    trace=None,
    planned=None,
    warmup_users=1,
    max_in_flight=1_000,
    max_lag_s=10.0,
)

Kinds = ErrorKind | None | list[ErrorKind | None]


def table(
    start_s: npt.ArrayLike,
    response_s: npt.ArrayLike,
    *,
    phase: Phase = Phase.MEASURED,
    kind: Kinds = None,
    users: npt.ArrayLike = 1,
    pause_s: npt.ArrayLike = 0.0,
    sent_after_s: npt.ArrayLike = 0.0,
    audio_s: npt.ArrayLike = 10.0,
    text_length: npt.ArrayLike = 5,
    upload_bytes: npt.ArrayLike = 320_044,
    download_bytes: npt.ArrayLike = 30,
    first_seq: int = 0,
) -> Samples:
    """One row for each of `start_s`; the rest is one value for all rows, or one for each.

    response_s: from the intended start to the end. sent_after_s: from the intended start to the send, NaN if never
    sent.
    """
    starts = np.atleast_1d(np.asarray(start_s, dtype=float))
    rows = blank(len(starts))
    rows["seq"] = first_seq + np.arange(len(starts))
    rows["phase"] = phase
    rows["start_s"] = starts
    rows["sent_s"] = starts + sent_after_s
    rows["done_s"] = starts + response_s
    rows["pause_s"] = pause_s
    rows["users"] = users
    rows["audio_s"] = audio_s
    rows["text_length"] = text_length
    rows["upload_bytes"] = upload_bytes
    rows["download_bytes"] = download_bytes
    kinds = kind if isinstance(kind, list) else [kind]
    rows["error_kind"] = [0 if one is None else KINDS.index(one) + 1 for one in kinds]
    return Samples(rows)


def joined(*tables: Samples) -> Samples:
    """The rows of all `tables`, one after the other."""
    return Samples(np.concatenate([one.rows for one in tables]))


@dataclass
class FakeUsers:
    """What Locust says of users, as the test wants it."""

    wanted: int | None = None
    running: int = 0
    trouble: str = "said by Locust"
