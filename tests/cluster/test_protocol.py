"""What is packed comes out as it was."""

from __future__ import annotations

import msgpack
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stt_load.cluster import protocol
from stt_load.load.iteration import Iteration
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import SampleTable
from tests.cluster.conversation import sample_of

LEASE = st.builds(Iteration, st.integers(0, 2**31), st.integers(0, 100), st.sampled_from(Phase))


@given(st.lists(LEASE))
def test_iterations(iterations: list[Iteration]) -> None:
    assert (
        protocol.unpack_iterations(msgpack.loads(msgpack.dumps(protocol.pack_iterations(iterations)))) == iterations
    )


def test_rows_and_their_texts() -> None:
    table = SampleTable()
    for seq in range(50):
        kind = None if seq % 3 else ErrorKind.HTTP_5XX
        table.append(sample_of(Iteration(seq, seq % 2, Phase.MEASURED), seq / 7, seq / 7 + 0.5, kind))
    samples = table.snapshot()
    again = protocol.unpack_rows(protocol.pack_rows(samples), samples.texts)
    assert np.array_equal(again.rows.view(np.uint8), samples.rows.view(np.uint8))
    assert list(again) == list(samples)
    again.rows["worker"] = 7
    assert next(iter(again)).worker == 7, "they can be written to"


def test_no_rows() -> None:
    samples = SampleTable().snapshot()
    assert len(protocol.unpack_rows(protocol.pack_rows(samples), ())) == 0
