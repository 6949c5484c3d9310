"""What a sample says of itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stt_load.samples.sample import UNFINISHED, ErrorKind, Phase, Sample

GOOD = Sample(0, 0, Phase.MEASURED, 0, 1, 0.0, 0.0, 0.5, 1.0, 0.0, 10.0, 320_044, 30, 200, None, None, 5)


def test_of_a_plain_run_it_has_neither_level_nor_stage() -> None:
    assert (GOOD.slot, GOOD.level, GOOD.stage) == (0, None, None)


@pytest.mark.parametrize("kind", [None, *ErrorKind])
def test_it_is_ok_or_failed_or_unfinished_and_only_one_of_them(kind: ErrorKind | None) -> None:
    sample = replace(GOOD, error_kind=kind)
    assert [sample.ok, sample.failed, sample.unfinished].count(True) == 1
    assert sample.unfinished == (kind in UNFINISHED)
    assert sample.ok == (kind is None)
