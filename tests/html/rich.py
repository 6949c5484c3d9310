"""A run that has something to say in every section, hostile texts included, for tests of whole pages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from stt_load.config import Config
from stt_load.samples.accuracy import Accuracy, Example
from stt_load.samples.generator import Stall
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.storage.run_record import RunRecord
from tests.factory import joined, table
from tests.report.runs import HEALTHY, run_of

EVIL = "</pre></script><script>window.planted = 1</script><img src=x onerror='window.planted = 2'>"
"""What a service may answer with."""


def rich_run(count: int = 400, seconds: float = 60.0) -> RunRecord:
    """`count` measured requests over so long, a hundredth of them failed with a hostile text."""
    rng = np.random.default_rng(5)
    starts = np.sort(rng.uniform(0, seconds, count))
    kinds: list[ErrorKind | None] = [ErrorKind.HTTP_5XX if one else None for one in rng.random(count) < 0.01]
    kinds[0] = ErrorKind.HTTP_5XX
    lengths = rng.uniform(5, 30, count)
    measured = table(
        starts, 0.2 + 0.02 * lengths + rng.exponential(0.1, count), kind=kinds, users=8, audio_s=lengths, first_seq=20
    )
    warm = table(np.linspace(-5, -1, 20), 0.9, phase=Phase.WARMUP, users=8)
    rows = joined(warm, measured)
    values = rows.rows.copy()
    values["error"] = np.where(values["error_kind"] != 0, 0, -1)
    values["words"], values["characters"] = 20, 100
    values["substitutions"], values["character_edits"] = (values["seq"] == 21), 4 * (values["seq"] == 21)
    wrong = Example(seq=21, attempt=0, wer=0.5, said="one two three four", heard=f"one {EVIL} four")
    run = run_of(
        Samples(values, (EVIL,)),
        Config.model_validate({"slo": ["p95(response_time_s) < 2", "error_rate < 0.1%"]}),
        users=8,
        generator=replace(HEALTHY, stalls=(Stall(0, 10.0, 10.2),)),
        first_transcript=EVIL,
        faults=(EVIL,),
        detail=EVIL,
        complete=False,
        end_reason="gave_up",
    )
    return replace(run, accuracy=Accuracy(normalisation="english", scored=count, worst=(wrong,)))
