"""What a sample says of itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stt_load.audio.names import REPEAT
from stt_load.samples.sample import UNFINISHED, ErrorKind, Phase, Sample
from stt_load.samples.table import SampleTable

GOOD = Sample(0, 0, Phase.MEASURED, 0, 1, 0.0, 0.0, 0.5, 1.0, 0.0, 10.0, 320_044, 30, 200, None, None, 5)


def test_of_a_plain_run_it_has_neither_level_nor_stage() -> None:
    assert (GOOD.slot, GOOD.level, GOOD.stage) == (0, None, None)


@pytest.mark.parametrize("kind", [None, *ErrorKind])
def test_it_is_ok_or_failed_or_unfinished_and_only_one_of_them(kind: ErrorKind | None) -> None:
    sample = replace(GOOD, error_kind=kind)
    assert [sample.ok, sample.failed, sample.unfinished].count(True) == 1
    assert sample.unfinished == (kind in UNFINISHED)
    assert sample.ok == (kind is None)


@pytest.mark.parametrize(
    ("phase", "attempt", "is_repeat"),
    [
        (Phase.OUTSIDE, REPEAT, True),
        (Phase.OUTSIDE, REPEAT + 2, True),
        (Phase.OUTSIDE, REPEAT - 1, False),
        (Phase.OUTSIDE, 0, False),
        (Phase.MEASURED, REPEAT, False),
    ],
)
def test_a_clip_that_is_said_again_is_told_from_a_second_result(phase: Phase, attempt: int, is_repeat: bool) -> None:
    sample, table = replace(GOOD, phase=phase, attempt=attempt), SampleTable()
    table.append(sample)
    assert sample.is_repeat == is_repeat
    assert table.snapshot().repeats.tolist() == [is_repeat]
