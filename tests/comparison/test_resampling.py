"""Metrics as functions of rows: of all rows, each once, they are what the result has."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stt_load.comparison.figures import figures
from stt_load.comparison.resampling import statistic
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.storage.run_record import RunRecord
from tests.factory import table
from tests.report.runs import run_of

N = 300


def odd_run() -> RunRecord:
    """Requests of all sorts: failed and refused ones, unfinished ones, scored ones and some that were not."""
    random = np.random.default_rng(47)
    kinds: list[ErrorKind | None] = [None] * N
    for place, kind in (
        (3, ErrorKind.HTTP_5XX),
        (4, ErrorKind.SHED),
        (99, ErrorKind.SHED),
        (298, ErrorKind.CANCELLED),
    ):
        kinds[place] = kind
    starts = np.sort(random.uniform(0, 100, N))
    rows = table(starts, random.exponential(1, N), kind=kinds, audio_s=random.uniform(1, 20, N))
    rows.rows["words"] = 20
    rows.rows["words"][::7] = 0
    for name, most in (("substitutions", 3), ("deletions", 2), ("insertions", 2)):
        rows.rows[name] = random.integers(0, most, N)
    rows.rows["characters"], rows.rows["character_edits"] = 110, random.integers(0, 9, N)
    rows.rows["first_text_s"] = rows.rows["sent_s"] + 0.1
    return run_of(rows)


def of_all(run: RunRecord, path: str) -> float:
    measured = run.samples.phase(Phase.MEASURED)
    found = statistic(path, measured)
    assert found is not None
    return found.of(np.arange(len(measured)))


@pytest.mark.parametrize(
    "path",
    [
        *("all.response_time_s.p95", "all.response_time_s.p99", "all.response_time_s.median"),
        *("response_time_s.p95", "response_time_s.mean", "service_time_s.p90", "ttft_s.p95"),
        *("throughput_rps", "audio_throughput", "error_rate", "shed_rate"),
        *("rtf.overall", "rtf.p95", "accuracy.wer", "accuracy.cer"),
    ],
)
def test_of_all_rows_it_is_what_the_result_has(path: str) -> None:
    run = odd_run()
    ((expected,),) = (one.baseline for one in figures([path], [run], [run]))
    assert expected is not None
    assert of_all(run, path) == pytest.approx(expected, rel=1e-9)


def test_rows_that_are_taken_twice_count_twice() -> None:
    measured = odd_run().samples.phase(Phase.MEASURED)
    found = statistic("error_rate", measured)
    assert found is not None
    assert found.of(np.asarray([3, 3, 0, 1])) == 0.5
    assert found.of(np.asarray([0, 1])) == 0.0


def test_where_half_failed_a_quantile_is_beyond_all() -> None:
    measured = odd_run().samples.phase(Phase.MEASURED)
    found = statistic("all.response_time_s.p95", measured)
    assert found is not None
    assert found.of(np.asarray([3, 3, 0, 1])) == math.inf


def test_of_rows_that_say_nothing_it_is_no_number() -> None:
    measured = odd_run().samples.phase(Phase.MEASURED)
    for path in ("accuracy.wer", "response_time_s.p95", "response_time_s.mean"):
        found = statistic(path, measured)
        assert found is not None
        assert math.isnan(found.of(np.asarray([0] if path == "accuracy.wer" else [3, 4])))


@pytest.mark.parametrize("path", ["response_time_s.max", "service_time_fit.fixed_s", "stability.load", "dropped"])
def test_what_is_no_such_function_has_none(path: str) -> None:
    assert statistic(path, Samples(odd_run().samples.rows)) is None
