"""Any run, for property tests."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import strategies as st

from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from tests.factory import table

T = TypeVar("T")


@st.composite
def runs(draw: st.DrawFn, phase: Phase = Phase.MEASURED, min_size: int = 0) -> Samples:
    """Any samples of one phase, in any order."""
    size = draw(st.integers(min_size, 10))

    def column(values: st.SearchStrategy[T]) -> list[T]:
        return draw(st.lists(values, min_size=size, max_size=size))

    return table(
        column(st.integers(-8_000, 8_000).map(lambda n: n / 8)),
        column(st.integers(1, 800).map(lambda n: n / 8)),
        phase=phase,
        kind=column(st.sampled_from([None, None, *ErrorKind])),
        users=column(st.integers(1, 3)),
        text_length=column(st.integers(-1, 3)),
        first_seq=draw(st.integers(0, 1000)),
    )
