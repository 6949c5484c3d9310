"""What the console says of the answers follows from the table of figures and the texts that there are."""

from __future__ import annotations

import numpy as np

from stt_load.report import answers
from stt_load.report.messages import Messages
from stt_load.samples.table import Samples
from stt_load.stats.metrics import Metrics
from stt_load.stats.model import Backend
from stt_load.stats.summary import metrics
from tests.factory import table

SAY = Messages("en")


def told(samples: Samples, poll_interval_s: float | None = None) -> list[str]:
    figures: Metrics = metrics(samples, 1, poll_interval_s)
    return list(answers.lines(SAY, figures, samples))


def test_of_what_no_answer_said_nothing_is_said() -> None:
    assert told(table(np.arange(3.0), 0.5)) == []


def test_times_of_set_ups_are_milliseconds_and_others_seconds() -> None:
    samples = table(np.arange(3.0), 0.5)
    samples.rows["connect_s"][0] = 0.0025
    samples.rows["processing_s"] = 0.125
    said = told(samples)
    assert said[:2] == ["", "Connection set-up, in 1 of them: mean 2.5 ms, median 2.5, P95 2.5, P99 2.5 (max)"]
    assert said[2].startswith("The service's own processing time: mean 0.125 s, median 0.125")
    assert any(line.startswith("The rest, network and queue: mean 0.375 s") for line in said)


def test_gaps_tokens_and_polls() -> None:
    samples = table(np.arange(3.0), 0.5)
    samples.rows["deltas"], samples.rows["tokens"] = 3, 7
    for name in ("gap_mean_s", "gap_p95_s", "gap_max_s"):
        samples.rows[name] = 0.25
    said = told(samples, poll_interval_s=0.5)
    assert "Between pieces of text: mean 0.250 s, P95 0.250 s, max 0.250 s" in said
    assert "Tokens, as the service counts: 21" in said
    assert said[-1].startswith("Times asked whether jobs were over: 0, 0.50 s apart")


def test_of_many_backends_the_first_are_shown_and_the_rest_counted() -> None:
    found = tuple(Backend("pod", str(n), 1, 0, 0, 1, 0.5, 0.5, 0.5) for n in range(answers.MOST_BACKENDS + 3))
    lines = list(answers.backends(SAY, found))
    assert len(lines) == 3 + answers.MOST_BACKENDS + 1
    assert "3" in lines[-1]


def test_the_dialects_of_streams_are_named_as_they_were_recognised() -> None:
    samples = table(np.arange(6.0), 0.5)
    samples.rows["dialect"][:5] = [1, 0, 1, 1, 0]
    streamed = Samples(samples.rows, ("vllm", "openai"))
    assert told(streamed)[:2] == ["", "Streams, by the dialect that was recognised: openai (3), vllm (2)"]
